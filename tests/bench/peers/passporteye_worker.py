"""PassportEye as its README shows it: `read_mrz(file)`; its lines are those that it takes its fields from."""

from loop import serve
from passporteye import read_mrz
from passporteye.mrz.text import MRZOCRCleaner


def read(task: dict) -> dict:
    """One picture; accepted is its own `valid`."""
    found = read_mrz(task["path"])
    if found is None:
        return {"lines": [], "accepted": False}
    return {"lines": MRZOCRCleaner.apply(found.aux["raw_text"]), "accepted": bool(found.valid)}


serve(read)
