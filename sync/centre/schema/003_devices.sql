-- How each station's devices were when it last said so. The entries themselves are in the ledger like any other.

CREATE TABLE station_devices (
    station     text PRIMARY KEY REFERENCES station (name),
    recorded_at timestamptz NOT NULL,
    devices     jsonb NOT NULL  -- [{device, kind, state, since, reason}], what could be shown of the payload
);
