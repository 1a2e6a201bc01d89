"""RapidOCR as its README shows it, on one thread; boxes beside each other make one line. It knows nothing of zones."""

from loop import serve
from picking import pick
from rapidocr_onnxruntime import RapidOCR

ENGINE = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)


def read(task: dict) -> dict:
    """One picture; it has no opinion on zones, so the asker's rule decides."""
    found, _ = ENGINE(task["path"])
    return {"lines": pick(_lines(found or [])), "accepted": None}


def _lines(found: list) -> list[str]:
    rows: list[list[tuple[float, float, float, str]]] = []
    for box, text, _ in found:
        xs, ys = [float(x) for x, _ in box], [float(y) for _, y in box]
        middle, height = sum(ys) / 4, max(ys) - min(ys)
        for row in rows:
            if abs(row[0][0] - middle) < 0.4 * min(height, row[0][1]):
                row.append((middle, height, min(xs), text))
                break
        else:
            rows.append([(middle, height, min(xs), text)])
    rows.sort(key=lambda row: row[0][0])
    return ["".join(text for _, _, _, text in sorted(row, key=lambda part: part[2])) for row in rows]


serve(read)
