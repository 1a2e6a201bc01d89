-- What is new, by station and position: consumers follow the ledger by it (sync/centre/cursor.py).
-- A position is given under the lock of the station's row, which holds until the commit: positions of a station become
-- visible in order and without holes, which those of a sequence do not. A trigger, so that no way into the ledger
-- (intake, a sealed export, a released entry) can forget to announce.

CREATE TABLE feed_head (
    station text PRIMARY KEY,
    position bigint NOT NULL
);

CREATE TABLE feed (
    station text NOT NULL,
    position bigint NOT NULL,  -- 1, 2, 3 … of the station
    journal uuid NOT NULL,
    sequences int8multirange NOT NULL,  -- new in the ledger by this statement
    PRIMARY KEY (station, position)
);

-- How far a consumer is. A restored ledger has another epoch and gives positions anew: what was read before says
-- nothing of it.
CREATE TABLE feed_cursor (
    station text NOT NULL,
    follower text NOT NULL,
    epoch uuid NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (station, follower)
);

CREATE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    news record;
    given bigint;
BEGIN
    FOR news IN
        SELECT station, journal, range_agg(int8range(sequence, sequence + 1)) AS sequences FROM fresh
        GROUP BY station, journal ORDER BY station, journal
    LOOP
        INSERT INTO feed_head AS h VALUES (news.station, 1)
            ON CONFLICT (station) DO UPDATE SET position = h.position + 1 RETURNING h.position INTO given;
        INSERT INTO feed VALUES (news.station, given, news.journal, news.sequences);
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_key_announced AFTER INSERT ON ledger_key
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION announce();

-- What was in the ledger before this file.
INSERT INTO feed
SELECT station, row_number() OVER (PARTITION BY station ORDER BY journal, sequence / 1000), journal,
       range_agg(int8range(sequence, sequence + 1))
FROM ledger_key GROUP BY station, journal, sequence / 1000;
INSERT INTO feed_head SELECT station, max(position) FROM feed GROUP BY station;
