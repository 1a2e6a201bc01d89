-- Whose word is the newest is told by the journal and its sequence: the station's clock may be wrong.
-- What is kept from before is replaced by the next word, whatever it is.

ALTER TABLE station_devices ADD journal uuid, ADD sequence bigint;
