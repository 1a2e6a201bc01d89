"""A station's program that saves screenings one by one and says the sequence of each once it is on disk; it is killed.

Run: python sync_saver.py FOLDER COUNT. It goes on where the journal stands until it holds COUNT screenings.
"""

import json
import os
import sys
from pathlib import Path

from sync_place import MemoryJournal, now

from station.journal.journal import Journal
from sync.facts import FactKind, Priority

if __name__ == "__main__":
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    journal = Journal(folder / "journal.db", (folder / "key").read_bytes(), "bench-1", now, os.urandom)
    invented = MemoryJournal("bench-1", 7, now())
    bodies = [json.loads(invented.screening()) for _ in range(200)]
    while journal.written[0] <= count:  # the first entry opens the journal
        payload = bodies[journal.written[0] % len(bodies)]
        print(journal.append(FactKind.SCREENING, Priority.NORMAL, payload).sequence, flush=True)
