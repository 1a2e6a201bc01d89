"""The figures of the passport reader as a table for a person, every rate with its count."""

from collections.abc import Iterator
from typing import Any

_OF_CLIPS = (
    ("single frames", "frames"),
    ("votes of 5", "votes"),
    ("when the lane says done", "done"),
)


def table(figures: dict[str, Any]) -> str:
    """All of `bench_mrz.run()`."""
    parts = [
        _specimens(figures["specimens"]),
        _clips(figures),
        _negatives(figures["negatives"]),
        _same_value(figures.get("same_value")),
        _cost(figures),
        _peers(figures.get("peers")),
    ]
    return "\n\n".join(part for part in parts if part)


def _grid(title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Columns as wide as their widest cell; the first is text, the others are counts."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]

    def line(row: tuple[str, ...]) -> str:
        first, *rest = (
            cell.ljust(w) if at == 0 else cell.rjust(w) for at, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join([first, *rest]).rstrip()

    return "\n".join([f"## {title}", line(head), line(tuple("-" * w for w in widths)), *map(line, rows)])


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "-"


def _errors(errors: int, tries: int, limit: float | None) -> str:
    """A count of errors and its 95 % upper bound."""
    return f"{errors} of {tries} (<= {100 * limit:.2f} %)" if limit is not None else "-"


def _tally(name: str, tally: dict[str, Any]) -> tuple[str, ...]:
    accepted = tally["accepted"]
    return (
        name,
        _of(tally["exact"], tally["read"]),
        _of(accepted, tally["read"]),
        f"{tally['wrong']} ({tally['wrong_clean']})",
        _errors(tally["wrong_checked"], accepted, tally["wrong_checked_bound"]),
        _errors(tally["wrong_names"], accepted, tally["wrong_names_bound"]),
        str(tally["wrong_other"]),
        str(tally["marked"]),
    )


_TALLY = (
    "",
    "exact",
    "accepted",
    "wrong accepted (clean)",
    "in checked fields (95 % bound)",
    "in names not marked (95 % bound)",
    "in other fields, not marked",
    "right, name marked",
)


def _specimens(found: dict[str, Any] | None) -> str:
    if found is None:
        return "The shared pictures ../shared/data/mrz are not there: nothing was measured on specimens."
    rows = [_tally(f"good, {half} half", found[half]) for half in ("held", "development") if half in found]
    rows += [_tally(f"good, {medium}", tally) for medium, tally in found["by_medium"].items()]
    lines = [_grid("Pictures of specimens, one picture each", _TALLY, rows)]
    for half in ("held", "development"):
        if half in found:
            right, count = found[half]["documents_exact"], found[half]["documents"]
            lines.append(f"by distinct document, {half} half: {_of(right, count)} read right in all their pictures")
    bad, none = found["defective"], found["negatives"]
    lines.append(
        f"printed with wrong check digits: accepted {bad['accepted']} of {bad['pictures']}; failed with a field named "
        f"that truly fails {bad['failed_named']}, with just those fields {bad['failed_named_exactly']}; exact as "
        f"printed {bad['exact']}"
    )
    lines.append(f"without a zone: accepted {_errors(none['accepted'], none['pictures'], none['bound'])}")
    return "\n".join(lines)


def _clips(figures: dict[str, Any]) -> str:
    names = {"conditions": "drawn, one condition each"}
    groups = [(names.get(level, f"drawn, {level}"), found) for level, found in figures["clips"].items()]
    for half, levels in figures["page_clips"].items():
        groups += [(f"specimens, {half} half, {level}", found) for level, found in levels.items()]
    rows = [_tally(f"{name}: {what}", found[key]) for name, found in groups for what, key in _OF_CLIPS]
    rows += [_tally(f"all clips: {what}", figures["wrong"][key]) for what, key in _OF_CLIPS]
    after = [(name, *map(str, found["done_after"].values())) for name, found in groups]
    head = ("", *groups[0][1]["done_after"])
    kinds = [
        (
            kind if name.startswith("drawn") else f"{name}: {kind}",
            _of(counts["frames"]["exact"], counts["frames"]["read"]),
            _of(counts["votes"]["exact"], counts["votes"]["read"]),
            str(counts["frames"]["wrong"]),
            str(counts["votes"]["wrong"]),
            _ms(counts["cpu"]),
        )
        for name, found in groups
        for kind, counts in found["by_kind"].items()
    ]
    kinds_head = ("", "frames exact", "votes exact", "frames wrong accepted", "votes wrong accepted", "CPU ms")
    return "\n\n".join(
        (
            _grid("Documents before the camera, 1280x720, clips of 5 frames", _TALLY, rows),
            _grid("Frames until done: how many clips", head, after),
            _grid("By kind", kinds_head, kinds),
        )
    )


def _ms(cpu: dict[str, Any]) -> str:
    return "-" if cpu["median_ms"] is None else f"{cpu['median_ms']} / {cpu['p95_ms']}"


def _negatives(found: dict[str, Any]) -> str:
    rows = [
        (kind, f"{counts['accepted']} of {counts['frames']}", _ms(counts["cpu"]))
        for kind, counts in found["by_kind"].items()
    ]
    rows.append(("all", _errors(found["accepted"], found["frames"], found["bound"]), _ms(found["cpu"])))
    return _grid("Frames without a zone", ("", "accepted (95 % bound)", "CPU ms median / p95"), rows)


def _same_value(found: dict[str, Any] | None) -> str:
    if not found:
        return ""
    rows = [
        (
            kind,
            _of(n["exact"], n["pages"]),
            _of(n["accepted_as_printed"], n["pages"]),
            str(n["accepted_as_before"]),
            str(n["accepted_otherwise"]),
        )
        for kind, n in found.items()
    ]
    head = ("", "read as printed", "accepted as printed", "accepted as before the change", "accepted as else")
    return _grid("One checked character replaced by one of equal value, which no check digit sees", head, rows)


def _cost(figures: dict[str, Any]) -> str:
    rows = [
        (name, str(cost["count"]), str(cost["median_ms"]), str(cost["p95_ms"]))
        for name, cost in (("with a document", figures["cost"]["document"]), ("without", figures["cost"]["empty"]))
    ]
    cost = _grid("CPU time of one 1280x720 frame, ms", ("", "frames", "median", "p95"), rows)
    return f"{cost}\nresident memory of a process that only reads: {figures['resident_mb']} MB"


def _peers(found: dict[str, Any] | None) -> str:
    if not found:
        return ""
    parts = []
    for name, readers in found["sets"].items():
        rows = list(_readers(readers))
        what = "shared pictures" if name == "pictures" else "drawn camera frames"
        parts.append(_grid(f"Beside the other readers: {what}", _READERS, rows))
        parts += [f"{reader} did not run: {row['unavailable']}" for reader, row in readers.items() if _out(row)]
    ratios = [
        f"{name}: CPU time of {found['best']} (most accurate) is {ratio['best']} times ours, of "
        f"{found['fastest'][name]} (fastest) {ratio['fastest']} times"
        for name, ratio in found["ratio"].items()
    ]
    notes = (
        "Every reader on one thread (OMP_THREAD_LIMIT=1), its children's CPU time counted; pictures with a zone only."
    )
    return "\n\n".join([*parts, "\n".join([*ratios, notes])])


_READERS = (
    "",
    "exact",
    "accepted",
    "wrong accepted (95 % bound)",
    "in checked fields",
    "defective accepted",
    "negatives accepted",
    "threw",
    "CPU ms median / p95",
    "CPU ms per exact",
    "MB",
)


def _out(row: dict[str, Any]) -> bool:
    return "unavailable" in row


def _readers(readers: dict[str, dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for name, row in readers.items():
        if _out(row):
            yield (name, "not run", *["-"] * (len(_READERS) - 2))
            continue
        yield (
            name,
            _of(row["exact"], row["good"]),
            _of(row["accepted"], row["good"]),
            _errors(row["wrong"], row["accepted"], row["wrong_bound"]),
            str(row["wrong_checked"]),
            f"{row['defective_accepted']} of {row['defective']}",
            f"{row['negatives_accepted']} of {row['negatives']}",
            str(row["threw"]),
            _ms(row["cpu"]),
            "-" if row["cpu_ms_per_exact"] is None else str(row["cpu_ms_per_exact"]),
            str(row["peak_mb"]),
        )
