-- The last keys without the station: now every row can be placed by it.

ALTER TABLE alert DROP CONSTRAINT alert_pkey;
ALTER TABLE alert ADD PRIMARY KEY (station, id);
CREATE INDEX alert_id ON alert (id);

ALTER TABLE enrolment DROP CONSTRAINT enrolment_pkey;
ALTER TABLE enrolment ADD PRIMARY KEY (station, code_key);
