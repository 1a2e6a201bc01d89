"""`station demo`: invented travellers from pixels to the EOC, every kind of them, counted at both ends."""

import json
import subprocess
import sys

from station.demonstration.cast import ORDER_OF_APPEARANCE, Special


def test_every_kind_of_traveller_ends_as_expected():
    number = len(ORDER_OF_APPEARANCE)
    assert set(ORDER_OF_APPEARANCE) == set(Special)
    command = [sys.executable, "-m", "station", "demo", "--travellers", str(number), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    (line,) = done.stdout.splitlines()
    report = json.loads(line)
    assert report["screened"] == report["saved"] == report["at_centre"] == number
    assert (report["lost"], report["duplicated"], report["unexpected"]) == (0, 0, [])
    assert report["verdicts"] == {"ADMIT": 7, "REFER": 7}
