"""Plain tesseract with Doubango's model for zones. Run: `tesseract_worker.py FOLDER_OF_TRAINEDDATA third|whole`.

`third`: the bottom third of the page as one block of text, where a page scan has its zone. `whole`: the picture as it
is, with the program's own page segmentation.
"""

import io
import subprocess
import sys

from loop import serve
from picking import pick
from PIL import Image

COMMAND = ["tesseract", "-", "-", "--tessdata-dir", sys.argv[1], "-l", "mrz"]


def read(task: dict) -> dict:
    """One picture; tesseract has no opinion on zones, so the asker's rule decides."""
    if sys.argv[2] == "whole":
        done = subprocess.run([*COMMAND[:1], task["path"], *COMMAND[2:]], capture_output=True, check=True)
    else:
        with Image.open(task["path"]) as picture:
            page, content = picture.convert("L"), io.BytesIO()
        page.crop((0, page.height * 2 // 3, page.width, page.height)).save(content, "BMP")
        done = subprocess.run([*COMMAND, "--psm", "6"], input=content.getvalue(), capture_output=True, check=True)
    return {"lines": pick(done.stdout.decode().split("\n")), "accepted": None}


serve(read)
