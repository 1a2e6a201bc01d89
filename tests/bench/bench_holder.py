"""Holder match: passport against certificate, for one person under every habit and for two persons, by counts.

The threshold of station.judgement.names is chosen on the tuning pairs; what is reported is the evaluation pairs, which
share no name and no seed with them. Nobody here exists.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from holder_pairs import EVALUATION, TUNING, Pair, different_pairs, same_pairs

from station.evidence import Truth
from station.judgement import names
from station.judgement.holder import match

SEED = 20261120
TRIED = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)


def run(full: bool = False) -> dict[str, Any]:
    """Every habit in every language; `full` draws five times as many pairs."""
    each = 200 if full else 40
    same, different = list(same_pairs(EVALUATION, each, SEED)), list(different_pairs(EVALUATION, each, SEED))
    times: list[float] = []
    same_counts, different_counts = _counts(same, times), _counts(different, times)
    wrong = sum(counts[Truth.FAIL] for counts in same_counts.values())
    mixed = sum(counts[Truth.PASS] for counts in different_counts.values())
    times.sort()
    return {
        "close_from": names.CLOSE_FROM,
        "tuning": _tuning(each // 2),
        "same": _report(same_counts),
        "different": _report(different_counts),
        "same_pairs": len(same),
        "same_called_different": wrong,
        "same_called_different_at_most": upper_bound(wrong, len(same)),
        "same_cannot_tell": _share(same_counts, Truth.CANNOT_TELL),
        "different_pairs": len(different),
        "different_called_same": mixed,
        "different_called_same_rate": round(mixed / len(different), 5),
        "different_called_same_at_most": upper_bound(mixed, len(different)),
        "different_cannot_tell": _share(different_counts, Truth.CANNOT_TELL),
        "ms_median": round(statistics.median(times), 3),
        "ms_p95": round(times[int(len(times) * 0.95)], 3),
    }


def _counts(pairs: Iterable[Pair], times: list[float]) -> dict[str, Counter[Truth]]:
    found: dict[str, Counter[Truth]] = {}
    for pair in pairs:
        began = time.process_time()
        truth = match(pair.document, pair.holder).truth
        times.append((time.process_time() - began) * 1000)
        found.setdefault(pair.habit, Counter())[truth] += 1
    return found


def _tuning(each: int) -> dict[str, dict[str, float]]:
    """What each threshold would do on the tuning pairs."""
    same, different = list(same_pairs(TUNING, each, SEED)), list(different_pairs(TUNING, each, SEED))
    kept, found = names.CLOSE_FROM, {}
    try:
        for threshold in TRIED:
            names.CLOSE_FROM = threshold
            mine, theirs = _counts(same, []), _counts(different, [])
            found[f"{threshold:.2f}"] = {
                "same_called_different": sum(counts[Truth.FAIL] for counts in mine.values()),
                "different_cannot_tell": _share(theirs, Truth.CANNOT_TELL),
            }
    finally:
        names.CLOSE_FROM = kept
    return found


def _share(counts: dict[str, Counter[Truth]], truth: Truth) -> float:
    total = sum(each.total() for each in counts.values())
    return round(sum(each[truth] for each in counts.values()) / total, 4)


def _report(counts: dict[str, Counter[Truth]]) -> dict[str, dict[str, int]]:
    return {
        habit: {"pairs": each.total(), "same": each[Truth.PASS], "cannot_tell": each[Truth.CANNOT_TELL],
                "different": each[Truth.FAIL]}
        for habit, each in counts.items()
    }  # fmt: skip


def upper_bound(hits: int, trials: int) -> float:
    """Upper end of the two-sided 95 % Wilson interval; with no hit the rule of three."""
    if not hits:
        return round(3 / trials, 5)
    z, rate = 1.96, hits / trials
    middle = rate + z * z / (2 * trials)
    width = z * ((rate * (1 - rate) + z * z / (4 * trials)) / trials) ** 0.5
    return round((middle + width) / (1 + z * z / trials), 5)


def table(found: dict[str, Any]) -> str:
    """The figures as Markdown, for docs/holder.md."""
    lines = []
    for part, title in (("same", "One person"), ("different", "Two persons")):
        lines += ["", f"| {title} | pairs | same | cannot tell | different |", "|---|---|---|---|---|"]
        lines += [
            f"| {habit} | {row['pairs']} | {row['same']} | {row['cannot_tell']} | {row['different']} |"
            for habit, row in found[part].items()
        ]
    lines += ["", "| threshold (tuning pairs) | same called different | two persons, cannot tell |", "|---|---|---|"]
    lines += [
        f"| {threshold} | {row['same_called_different']} | {row['different_cannot_tell']:.1%} |"
        for threshold, row in found["tuning"].items()
    ]
    keys = [key for key in found if key not in ("same", "different", "tuning")]
    return "\n".join([*lines, "", *(f"{key}: {found[key]}" for key in keys)])


if __name__ == "__main__":
    print(table(run("--full" in sys.argv)))
