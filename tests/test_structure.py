"""What holds for the repository as a whole: directions of imports, sizes, exports, prompts, packaging."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("rag", "api", "eval") for path in (ROOT / package).rglob("*.py"))
BANNED_NAMES = {"utils", "helpers", "manager", "managers", "common", "misc"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_imports_go_in_one_direction():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_room_has_its_place_in_the_order():
    (order,) = [each for each in PROJECT["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    placed = {name.strip() for layer in order["layers"] for name in layer.split("|")}
    rooms = {path.stem for path in (ROOT / "rag").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert placed == {f"rag.{room}" for room in rooms - {"__init__"}} | {"api", "eval"}


def test_tests_mirror_the_rooms():
    rooms = {path.name for path in (ROOT / "rag").iterdir() if (path / "__init__.py").exists()}
    assert {path.name for path in (ROOT / "tests" / "rag").iterdir() if any(path.glob("test_*.py"))} == rooms
    assert list((ROOT / "tests" / "rag").glob("test_*.py")) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_at_most_300_lines_and_has_a_docstring(path):
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= 300 or path == ROOT / "rag" / "types.py"  # the shared values stand in one place
    assert not source.strip() or ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_is_at_most_45_lines_long(path):
    functions = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]
    assert {f.name: f.end_lineno - f.lineno for f in functions if f.end_lineno - f.lineno >= 45} == {}


def test_no_module_is_a_drawer_for_odds_and_ends():
    assert [path for path in MODULES if path.stem in BANNED_NAMES] == []


def test_no_model_or_store_is_opened_by_importing_the_package():
    source = (
        "import sys, rag.types, rag.errors, rag.config; print([m for m in ('torch', 'chromadb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_retrieved_text_never_becomes_a_template():
    uses = [path for path in MODULES if "safe_substitute" in path.read_text("utf-8")]
    assert uses == []


def test_every_error_is_drawn_in_the_tree_of_errors():
    from rag import errors

    drawn = set(re.findall(r"\w+Error", errors.__doc__ or ""))
    defined = {name for name in vars(errors) if name.endswith("Error")}
    assert drawn == defined


def test_commands_outside_rag_are_found_by_their_entry_points():
    declared = PROJECT["project"]["entry-points"]["report_qa.commands"]
    found = {entry.name: entry for entry in entry_points(group="report_qa.commands")}
    assert set(declared) <= set(found)
    assert all(callable(found[name].load()) for name in declared)


def test_the_lock_pins_every_release_and_names_no_place_on_disk_or_net():
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", line)] == []
    assert "torch==2.13.0" in pins


def test_the_lock_holds_every_declared_dependency():
    pinned = {_name(line) for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines() if "==" in line}
    project = PROJECT["project"]
    declared = [*project["dependencies"], *(row for rows in project["optional-dependencies"].values() for row in rows)]
    assert {_name(row) for row in declared} - pinned == {"report-qa"}


def _name(requirement):
    return re.split(r"[\[=<>!~; ]", requirement.strip())[0].lower().replace("_", "-")


def test_python_is_the_version_the_project_is_built_with():
    assert sys.version_info >= (3, 11)
