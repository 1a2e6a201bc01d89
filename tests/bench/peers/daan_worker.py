"""Our own reader as a worker, so that its CPU time and memory are measured in the same way as the peers'."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import cv2
from loop import serve

from models.images import decode_picture
from models.mrz_reader import MrzReader
from models.regions import ReadState

cv2.setNumThreads(1)
READER = MrzReader.load()


def read(task: dict) -> dict:
    """One picture; `still` takes the time that a single picture deserves, else it is read like a camera's frame.

    A frame comes out of a camera unpacked, so it is not sent through the checks that an unknown file needs.
    """
    path = task["path"]
    image = decode_picture(Path(path).read_bytes()) if task["still"] else cv2.imread(path)
    reading = READER.read(image, still=task["still"])
    accepted = reading.state in (ReadState.CLEAN, ReadState.CORRECTED)
    return {"lines": list(reading.lines), "accepted": accepted, "unconfirmed": list(reading.unconfirmed)}


serve(read)
