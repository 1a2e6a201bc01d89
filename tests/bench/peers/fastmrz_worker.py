"""fastmrz as its README shows it: `get_details(path)`, here in its two documented halves, text and then fields.

So the text counts even where its parser throws. It needs TESSDATA_PREFIX to hold mrz.traineddata.
"""

from fastmrz import FastMRZ
from loop import serve

READER = FastMRZ()


def read(task: dict) -> dict:
    """One picture; accepted is its own status SUCCESS."""
    text = READER.get_details(task["path"], ignore_parse=True)
    if not text:
        return {"lines": [], "accepted": False}
    lines = text.split("\n")
    try:
        accepted = READER.get_details(text, input_type="text").get("status") == "SUCCESS"
    except Exception as error:
        return {"lines": lines, "accepted": False, "error": type(error).__name__}
    return {"lines": lines, "accepted": accepted}


serve(read)
