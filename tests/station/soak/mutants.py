"""Programs with a bug each, to see that the soak catches it. A module of its own, because processes import it."""

import hashlib
import json
import os
import time

import requests

from station.journal.errors import JournalError
from station.journal.journal import Journal
from station.paths import paths_of
from station.soak.carrier import carry_through
from station.soak.controls import Controls
from station.soak.payloads import at, invent
from station.soak.writer import Stage, end_with_parent, last_number, open_journal, settings_of
from station.uplink_program import membership
from sync.client import Centre
from sync.facts import FactKind, Priority, canonical
from sync.faults.history import Event, History, What
from sync.receipt import Receipt


class Believing:
    """A centre's client that takes any JSON in the form of a receipt for one, whoever signed it."""

    def __init__(self, centre: Centre, address: str) -> None:
        self._centre, self._address = centre, address

    def send(self, batch: bytes) -> Receipt:
        url = self._address + "/v1/batches"
        try:
            answer = requests.post(url, data=batch, timeout=5, allow_redirects=False)
            body = json.loads(answer.content)["receipt"]
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return self._centre.send(batch)
        return Receipt(
            body["station"], body["journal"], body["watermark"], (), (), "e", hashlib.sha256(batch).digest(), None
        )


def believing_uplink(stage: Stage, controls: Controls) -> None:
    address = membership(paths_of(settings_of(stage))).address
    carry_through(stage, controls, lambda centre: Believing(centre, address))


def lazy_writer(stage: Stage, controls: Controls) -> None:
    """Says "saved" at once, and appends when twenty have come together."""
    end_with_parent()
    journal, number = open_journal(stage, controls), last_number(stage.written)
    waiting = []
    with History(stage.written) as history:
        while controls.saved < stage.records:
            if not controls.may_save:
                time.sleep(0.001)
                continue
            number += 1
            payload = at(invent(stage.seed, stage.station, number)[0], controls.clock()())
            content = hashlib.sha256(canonical(payload)).hexdigest()
            history.tell(Event(What.CREATED, stage.station, number, content))
            waiting.append(payload)
            sequence = journal.head()[0] + len(waiting)
            history.tell(Event(What.SAVED, stage.station, number, content, journal.journal, sequence))
            controls.count_saved()
            if len(waiting) == 20:
                for each in waiting:
                    append(journal, each)
                waiting.clear()
    for each in waiting:
        append(journal, each)
    journal.close()


def repeating_writer(stage: Stage, controls: Controls) -> None:
    """Makes the record that was in doubt at the last kill once more, although it may be there."""
    end_with_parent()
    journal, number = open_journal(stage, controls), max(0, last_number(stage.written) - 1)
    with History(stage.written) as history:
        while controls.saved < stage.records:
            if not controls.may_save:
                time.sleep(0.001)
                continue
            number += 1
            payload = invent(stage.seed, stage.station, number)[0]
            content = hashlib.sha256(canonical(payload)).hexdigest()
            history.tell(Event(What.CREATED, stage.station, number, content))
            entry = append(journal, payload)
            history.tell(Event(What.SAVED, stage.station, number, content, journal.journal, entry.sequence))
            controls.count_saved()
    journal.close()


def append(journal: Journal, payload):
    while True:
        try:
            return journal.append(FactKind.SCREENING, Priority.NORMAL, payload)
        except JournalError:
            os.sched_yield()


def no_unique_key(database) -> None:
    """An intake whose tables take the same address twice."""
    with database.transaction() as connection:
        # A key of a partitioned table goes with its partitions'; those that hang on another are skipped.
        found = connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'p' AND conparentid = 0"
            " AND conrelid::regclass::text IN ('ledger_key', 'ledger_payload')"
        ).fetchall()
        assert len(found) == 2
        for table, name in found:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def forgetful_ledger(database) -> None:
    """A ledger that drops some rows without a word: the receipt still counts them."""
    with database.transaction() as connection:
        connection.execute(
            "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF NEW.sequence % 97 = 5 THEN RETURN NULL; END IF; RETURN NEW; END $$"
        )
        connection.execute("CREATE TRIGGER forget BEFORE INSERT ON ledger_key FOR EACH ROW EXECUTE FUNCTION forget()")
