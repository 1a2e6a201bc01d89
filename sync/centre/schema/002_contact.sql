-- What tells a replay from a contact, whether a station's keys are sealed, and alerts named by their station too.

ALTER TABLE journal ADD COLUMN head_declared_ms bigint NOT NULL DEFAULT 0;  -- the latest of the signed heads' times
ALTER TABLE station ADD COLUMN sealed boolean;  -- as it says itself; NULL when it never said
UPDATE alert SET id = station || '-' || id;
