"""A station's program that sends its journal and is killed. Run: python sync_sender.py FOLDER PORT RECEIPT-KEY."""

import random
import sys
import time
from pathlib import Path

from sync_place import KEY, now

from station.journal.reader import JournalReader
from sync.client import CentreAddress, HttpCentre
from sync.keys import make_or_load_signing_key, public_bytes, public_key
from sync.sync_store import SyncStore
from sync.uplink import BatchLimits, Uplink
from sync.worker import Worker

if __name__ == "__main__":
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    receipt_key = public_key(public_bytes(make_or_load_signing_key(Path(sys.argv[3]))))
    centre = HttpCentre(CentreAddress(f"http://127.0.0.1:{port}", None, receipt_key), "bench-1", KEY, now)
    reader = JournalReader(folder / "journal.db", (folder / "key").read_bytes())
    uplink = Uplink(reader, SyncStore(folder / "sync.db"), centre, KEY, now, BatchLimits(20))
    Worker(uplink, time.monotonic, time.sleep, random.Random(1).random).run(lambda: False)
