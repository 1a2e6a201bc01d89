-- The ledger. Every key starts with the station, so that a distributed PostgreSQL can place rows by it.

CREATE TABLE ledger_epoch (
    epoch uuid PRIMARY KEY,
    since timestamptz NOT NULL
);
INSERT INTO ledger_epoch VALUES (gen_random_uuid(), now());

CREATE TABLE checkpoint (
    code text PRIMARY KEY,
    name_th text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE station (
    name text PRIMARY KEY,
    checkpoint text NOT NULL REFERENCES checkpoint,
    revoked_at timestamptz,
    last_contact_at timestamptz,
    clock_skew_seconds double precision  -- station clock minus centre clock at the last contact
);

CREATE TABLE station_key (
    station text NOT NULL REFERENCES station,
    sign_key bytea NOT NULL,
    receive_key bytea NOT NULL,
    enrolled_at timestamptz NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (station, sign_key)
);
CREATE UNIQUE INDEX station_key_active ON station_key (station) WHERE retired_at IS NULL;

CREATE TABLE enrolment (
    code_key bytea PRIMARY KEY,  -- SHA-256 of the code; the code itself is in the package only
    station text NOT NULL REFERENCES station,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    used_by bytea
);

CREATE TABLE journal (
    station text NOT NULL REFERENCES station,
    journal uuid NOT NULL,
    held int8multirange NOT NULL,  -- every sequence in the ledger or parked
    highest_normal bigint NOT NULL,  -- entries other than alerts come in order: a hole below it is a gap
    head_sequence bigint NOT NULL,  -- as the station declares and signs it, with the two below
    head_chain_sha256 bytea NOT NULL,
    head_watermark bigint NOT NULL,
    head_signature bytea NOT NULL,
    opened_at timestamptz NOT NULL,
    last_contact_at timestamptz NOT NULL,
    PRIMARY KEY (station, journal)
);

-- What was said, by address: small, kept for ever, enough to verify the chain after the payload is gone.
CREATE TABLE ledger_key (
    station text NOT NULL,
    journal uuid NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    priority text NOT NULL,
    recorded_at timestamptz NOT NULL,  -- the station's clock
    received_at timestamptz NOT NULL,
    payload_sha256 bytea NOT NULL,
    chain_sha256 bytea NOT NULL,
    PRIMARY KEY (station, journal, sequence)
);

-- The payloads, by month of recording so that a month can be dropped. The columns after `payload` repeat what the
-- board counts; they hold no name and no number.
CREATE TABLE ledger_payload (
    station text NOT NULL,
    journal uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    kind text NOT NULL,
    salt bytea NOT NULL,
    payload bytea NOT NULL,
    verdict text,
    reasons text[] NOT NULL,
    document_kind text,
    nationality text,
    PRIMARY KEY (recorded_at, station, journal, sequence)
) PARTITION BY RANGE (recorded_at);
CREATE TABLE ledger_payload_other PARTITION OF ledger_payload DEFAULT;  -- clocks gone wrong

CREATE TABLE parked (
    station text NOT NULL,
    journal uuid NOT NULL,
    sequence bigint NOT NULL,
    content_sha256 bytea NOT NULL,
    reason text NOT NULL,
    chain_sha256 bytea NOT NULL,
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL,
    resolved_at timestamptz,
    PRIMARY KEY (station, journal, sequence, content_sha256)
);

CREATE TABLE alert (
    id text PRIMARY KEY,  -- journal and sequence
    station text NOT NULL,
    recorded_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    kind text NOT NULL,
    reasons text[] NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamptz
);
CREATE INDEX alert_newest ON alert (received_at DESC);
