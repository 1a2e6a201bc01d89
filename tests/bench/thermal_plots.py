"""Tables and plots of the thermal bench, for docs/thermal.md. The plots are plain SVG of our own."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

_INK, _SOFT, _PAPER, _LINE = "#10242B", "#3D5057", "#FAF7F1", "#DFECEC"
_LOW, _HIGH = (0xF3, 0xC9, 0x8B), (0x0B, 0x6A, 0x73)
_COLOURS = ("#0B4A57", "#C7641B", "#5E9AA3", "#857D6E")
_CELL_WIDTH, _CELL_HEIGHT = 46, 26


def tables(found: dict[str, Any]) -> str:
    """Markdown: the sums, by air and distance, the error, by kind."""
    lines = [
        f"{found['scenes']} frames. No measurable face in {found['no_measurable_face']}, of which "
        f"{found['measured_without_a_face']} were measured all the same (specificity {found['specificity']:.4f}). "
        f"A hot cup was measured {found['cup_measured']} times; the warmest pixel of what was measured was lit by any "
        f"thing that is no skin {found['hot_thing_measured']} times (dogs left out); "
        f"{found['face_read_too_warm']} faces were read more than 0.7 degrees too warm.",
        "",
        "| sensor | ms a frame, median | 95 % | distance said over true (5, 50, 95 %) | sensitivity | specificity |",
        "|---|---|---|---|---|---|",
    ]
    for name, good in found["good_place"].items():
        ratio = ", ".join(f"{value:.2f}" for value in found["distance_ratio"][name].values())
        lines.append(
            f"| {name} | {found['ms_median'][name]} | {found['ms_p95'][name]} | {ratio} "
            f"| {good['sensitivity']:.3f} ({good['faces']}) | {good['specificity']:.3f} ({good['without']}) |"
        )
    for name, cells in found["grid"].items():
        lines += ["", f"**{name}**: sensitivity / specificity, per cent", ""]
        distances = list(next(iter(cells.values())))
        lines += ["| air | " + " | ".join(distances) + " |", "|---" * (len(distances) + 1) + "|"]
        for air, row in cells.items():
            shown = [f"{100 * cell['sensitivity']:.0f} / {100 * cell['specificity']:.0f}" for cell in row.values()]
            lines.append(f"| {air} | " + " | ".join(shown) + " |")
    lines += [
        "",
        "Measured value less the true inner eye corner (bare faces, all airs; the unit's own error taken away):",
    ]
    lines += [
        "",
        "| sensor | distance | measured | bias | standard deviation | 95 % of the size |",
        "|---|---|---|---|---|---|",
    ]
    for name, rows in found["error"].items():
        for distance, row in rows.items():
            numbers = f"{row['count']} | {row['bias']:+.2f} | {row['sd']:.2f} | {row['p95_size']:.2f}"
            lines.append(f"| {name} | {distance} | {numbers} |")
    lines += ["", "By kind, air 20 to 29, at distances that suit the sensor, all sensors together:", ""]
    lines += [
        "| scene | frames | measured | bias | > 0.7 too warm | glasses / hat flagged | person said | commonest reason |"
    ]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for kind, row in found["kinds"].items():
        lines.append(
            f"| {kind} | {row['scenes']} | {_percent(row['measured'])} | {_or_dash(row['bias'], '+.2f')} "
            f"| {_or_dash(row['too_warm'], 'd')} | {_percent(row['glasses_flagged'])} / {_percent(row['hat_flagged'])} "
            f"| {_percent(row['person_said'])} | {row['why_not']} |"
        )
    return "\n".join(lines)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _or_dash(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def write_svg(found: dict[str, Any], folder: Path) -> None:
    """thermal-sensitivity.svg, thermal-specificity.svg, thermal-error.svg."""
    for figure, title in (
        ("sensitivity", "Whole faces measured, per cent of the frames"),
        ("specificity", "No face there and none measured, per cent of the frames"),
    ):
        (folder / f"thermal-{figure}.svg").write_text(_heat_maps(found["grid"], figure, title), "utf-8")
    (folder / "thermal-error.svg").write_text(_error_plot(found["error"]), "utf-8")


def _page(width: int, height: int, title: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="Noto Sans, sans-serif" '
        f'font-size="14" role="img" aria-label="{escape(title)}">'
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>'
        f"{_text(28, 36, title, _INK, size=19, bold=True)}{''.join(parts)}</svg>\n"
    )


def _text(
    x: float, y: float, words: str, fill: str, *, size: int = 13, anchor: str = "start", bold: bool = False
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" fill="{fill}" font-size="{size}" text-anchor="{anchor}"{weight}>'
        f"{escape(words)}</text>"
    )


def _heat_maps(grid: dict[str, Any], figure: str, title: str) -> str:
    parts = []
    for index, (name, cells) in enumerate(grid.items()):
        left, top = 28 + (index % 2) * 470, 66 + (index // 2) * 320
        parts.append(_text(left, top, name, _INK, size=15, bold=True))
        for down, (air, row) in enumerate(cells.items()):
            y = top + 14 + down * _CELL_HEIGHT
            parts.append(_text(left + 40, y + 18, air, _SOFT, anchor="end"))
            for across, (distance, cell) in enumerate(row.items()):
                x, value = left + 48 + across * _CELL_WIDTH, cell[figure]
                parts.append(
                    f'<rect x="{x}" y="{y}" width="{_CELL_WIDTH - 2}" height="{_CELL_HEIGHT - 2}" rx="3" '
                    f'fill="{_shade(value)}"/>'
                )
                ink = "#fff" if value > 0.55 else _INK
                parts.append(_text(x + _CELL_WIDTH / 2 - 1, y + 17, f"{100 * value:.0f}", ink, anchor="middle"))
                if down == len(cells) - 1:
                    parts.append(
                        _text(x + _CELL_WIDTH / 2 - 1, y + _CELL_HEIGHT + 16, distance, _SOFT, anchor="middle")
                    )
    return _page(940, 700, title, parts)


def _shade(value: float) -> str:
    return "#" + "".join(f"{round(low + (high - low) * value):02X}" for low, high in zip(_LOW, _HIGH, strict=True))


def _error_plot(error: dict[str, Any]) -> str:
    title = "Measured value less the true inner eye corner, degrees: mean, and two standard deviations"
    left, top, width, height, most = 80, 70, 800, 330, 3.0
    parts = []
    for step in range(-3, 3):
        y = top + height * (2 - step) / 5
        parts.append(
            f'<line x1="{left}" x2="{left + width}" y1="{y:.0f}" y2="{y:.0f}" stroke="{_LINE}" stroke-width="2"/>'
        )
        parts.append(_text(left - 10, y + 5, f"{step:+d}" if step else "0", _SOFT, anchor="end"))
    for distance in (0.3, 0.5, 0.75, 1.0, 1.25, 1.5):
        parts.append(
            _text(left + width * (distance - 0.25) / 1.35, top + height + 24, f"{distance} m", _SOFT, anchor="middle")
        )
    for index, (name, rows) in enumerate(error.items()):
        colour, points = _COLOURS[index], []
        for distance, row in rows.items():
            x = left + width * (float(distance.split()[0]) - 0.25) / 1.35 + 5 * (index - 1.5)
            high, y, low = (
                top + height * (2 - max(-most, min(2.0, row["bias"] + side * row["sd"]))) / 5 for side in (2, 0, -2)
            )
            points.append(f"{x:.1f},{y:.1f}")
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{high:.1f}" y2="{low:.1f}" stroke="{colour}" stroke-width="2"/>'
            )
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')
        parts.append(
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2" opacity=".5"/>'
        )
        parts.append(f'<circle cx="{left + 8}" cy="{top + height + 52 + 22 * index}" r="6" fill="{colour}"/>')
        parts.append(_text(left + 22, top + height + 57 + 22 * index, name, _INK, size=14))
    return _page(940, 540, title, parts)
