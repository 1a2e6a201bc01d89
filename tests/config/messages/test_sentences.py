"""Every sentence that says what is wrong has a Thai one beside it, with the same values."""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("config", "models", "drivers", "sync", "station")


def patterns() -> Iterator[tuple[str, str]]:
    """Every pattern of a sentence, and where: what `say` is given, and constants with `{values}` where it is used."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text())
            if not any(
                isinstance(node, ast.ImportFrom) and "say" in {n.name for n in node.names} for node in tree.body
            ):
                continue
            named, written = set(), set()
            for node in ast.walk(tree):
                if isinstance(node, ast.JoinedStr):
                    written |= {id(part) for part in node.values}
                if isinstance(node, ast.Expr):  # a docstring
                    written.add(id(node.value))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                    named |= {id(node.args[0])}
            for node in ast.walk(tree):
                if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in written:
                    continue
                if id(node) in named or (" " in node.value and values(node.value)):
                    yield node.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def thai() -> dict[str, str]:
    text = (ROOT / "config" / "messages" / "sentences.th.po").read_bytes()
    return {str(m.id): str(m.string) for m in read_po(BytesIO(text), locale="th") if m.id}


def values(text: str) -> set[str]:
    from config.messages.said import _PLACEHOLDER

    return set(_PLACEHOLDER.findall(text))


def test_every_sentence_has_a_thai_one() -> None:
    known = thai()
    missing = [f"{where}: {pattern}" for pattern, where in patterns() if not known.get(pattern)]
    assert not missing, "\n".join(missing)


def test_the_thai_sentence_takes_the_same_values() -> None:
    for pattern, string in thai().items():
        assert values(pattern) == values(string), pattern


def test_no_sentence_is_translated_that_nobody_says() -> None:
    said = {pattern for pattern, _ in patterns()}
    named = {name for name in thai() if "{" not in name and not name.endswith((".", "!"))}
    assert set(thai()) - said - named == set()


def test_no_value_is_worked_out_inside_a_pattern() -> None:
    for pattern, where in patterns():
        assert "{}" not in pattern, where
