-- Keys by station in partitions, what a station believes and counts, its clock, backups, and what people decide.

ALTER TABLE ledger_key RENAME TO ledger_key_whole;
ALTER TABLE ledger_key_whole RENAME CONSTRAINT ledger_key_pkey TO ledger_key_whole_pkey;
CREATE TABLE ledger_key (
    station text NOT NULL,
    journal uuid NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    priority text NOT NULL,
    recorded_at timestamptz NOT NULL,  -- the station's clock
    received_at timestamptz NOT NULL,
    payload_sha256 bytea NOT NULL,  -- of salt and content, as the station's header declares it
    chain_sha256 bytea NOT NULL,
    PRIMARY KEY (station, journal, sequence)
) PARTITION BY HASH (station);
DO $$ BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE ledger_key_%s PARTITION OF ledger_key FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
                       part, part);
    END LOOP;
END $$;
INSERT INTO ledger_key SELECT * FROM ledger_key_whole;
DROP TABLE ledger_key_whole;

ALTER TABLE journal ADD COLUMN believed int8multirange;  -- what the station takes for receipted; NULL: it does not say
ALTER TABLE journal ADD COLUMN backed_up bigint NOT NULL DEFAULT 0;  -- everything to here is in the newest backup

-- One row for each hour of a journal as the station counted it; compared with the ledger again and again.
CREATE TABLE ledger_total (
    station text NOT NULL,
    journal uuid NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    hour timestamptz NOT NULL,
    counts jsonb NOT NULL,  -- by kind
    received_at timestamptz NOT NULL,
    compared_at timestamptz,
    missing bigint,  -- entries that the ledger should hold and does not; NULL until it has received all of them
    payloads bigint,  -- contents held when it was first whole
    payloads_missing bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (station, journal, first)
);

-- The station's clock minus the centre's: one row for each batch that says something new about it.
CREATE TABLE clock_record (
    station text NOT NULL,
    received_at timestamptz NOT NULL,
    skew_seconds double precision NOT NULL,
    boot text NOT NULL,  -- which start of the machine
    jumped boolean NOT NULL,
    PRIMARY KEY (station, received_at)
);

CREATE TABLE backup (
    backup uuid PRIMARY KEY,
    taken_at timestamptz NOT NULL,
    verified_at timestamptz NOT NULL,
    entries bigint NOT NULL,
    sha256 bytea NOT NULL
);

ALTER TABLE parked ADD COLUMN resolution text;  -- taken, released, repaired; with resolved_at

-- What a person decided about records; rows are only ever added.
CREATE TABLE ledger_act (
    at timestamptz NOT NULL,
    who text NOT NULL,
    what text NOT NULL,
    why text NOT NULL,
    about jsonb NOT NULL
);
