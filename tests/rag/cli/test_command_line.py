from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.cli import main
from tests.api.invented_reports import REPORTS
from tests.postgres_server import PostgresServer

Run = Callable[..., subprocess.CompletedProcess[str]]
PROGRAM = Path(sys.executable).with_name("report-qa")
QUESTION = "枫桐县2031年地区生产总值增长目标是多少？"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> dict[str, str]:
    data_dir = tmp_path_factory.mktemp("command-line") / "data"
    return {"REPORT_QA_DATA_DIR": str(data_dir), "REPORT_QA_MODELS_DIR": str(models_dir)}


@pytest.fixture(scope="module")
def filled(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of reports that are in."""
    folder = tmp_path_factory.mktemp("reports")
    for name, text in REPORTS.items():
        (folder / name).write_text(text, "utf-8")
    done = start_program(environment, "ingest", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def run(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Run a command in this process, over the module's data directory."""

    def run(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(tmp_path)
        for name, value in (environment | settings).items():
            monkeypatch.setenv(name, value)
        words = [str(each) for each in arguments]
        code = main(words)
        written = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, written.out, written.err)

    return run


def start_program(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the installed program in a process of its own, as a person would."""
    command = [str(PROGRAM), *map(str, arguments)]
    base = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"}
    return subprocess.run(command, cwd="/", env=base | environment, capture_output=True, text=True, check=False)


def assert_one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_help_is_there_in_half_a_second(environment: dict[str, str]):
    start_program(environment, "--help")
    began = time.perf_counter()
    done = start_program(environment, "--help")
    assert time.perf_counter() - began < 0.5
    assert done.returncode == 0
    commands = "ingest, ask, search, serve, reports, figures, remove, reindex, doctor, backup, restore, mcp, eval"
    for command in commands.split(", "):
        assert command in done.stdout


def test_the_same_folder_again_changes_nothing(run: Run, filled: Path):
    summary = json.loads(run("ingest", filled, "--json").stdout)
    assert len(summary["unchanged"]) == 3
    assert summary["new"] == summary["changed"] == summary["refused"] == []


def test_some_files_refused_is_exit_1_with_the_reasons(run: Run, filled: Path, tmp_path: Path):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    done = run("ingest", tmp_path, filled)
    assert done.returncode == 1
    assert "empty.txt" in done.stdout
    assert "old.doc" in run("reports", "--refused").stdout


def test_nothing_to_read_is_exit_2(run: Run, tmp_path: Path):
    done = run("ingest", tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_answers_with_the_quote_below(run: Run, filled: Path):
    done = run("ask", QUESTION)
    assert done.returncode == 0
    assert "6%" in done.stdout
    assert "[1] 枫桐县2031年政府工作报告" in done.stdout


def test_answers_as_json_in_the_shape_of_the_api(run: Run, filled: Path):
    answer = json.loads(run("ask", QUESTION, "--json").stdout)
    assert answer["status"] == "answered"
    assert {"id", "answer", "answered_by", "citations", "understood", "timings_ms"} <= answer.keys()


def test_not_found_is_exit_0(run: Run, filled: Path):
    done = run("ask", "枫桐县2047年的地区生产总值是多少？")
    assert done.returncode == 0
    assert done.stdout.strip()


def test_search_explains_itself(run: Run, filled: Path):
    hits = json.loads(run("search", "梧溪水库", "--json", "--explain").stdout)["hits"]
    assert hits[0]["signals"]
    assert "lexical" in run("search", "梧溪水库", "--explain").stdout


def test_lists_reports_and_their_figures(run: Run, filled: Path):
    reports = json.loads(run("reports", "--json").stdout)["reports"]
    report_id = next(each["report_id"] for each in reports if each["place"] == "枫桐县")
    rows = list(csv.DictReader(io.StringIO(run("figures", report_id, "--csv").stdout)))
    assert any(row["value"] == "212.4" and row["unit"] == "亿元" for row in rows)


def test_backs_up_removes_and_restores(run: Run, filled: Path, tmp_path: Path):
    assert run("backup", tmp_path / "all.backup").returncode == 0
    report_id = json.loads(run("reports", "--json").stdout)["reports"][0]["report_id"]
    assert run("remove", report_id).returncode == 0
    assert report_id not in run("reports").stdout
    assert run("restore", tmp_path / "all.backup").returncode == 0
    assert report_id in run("reports").stdout


def test_the_doctor_finds_nothing_wrong(run: Run, filled: Path):
    done = run("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "evidence" in done.stdout


def test_makes_lists_and_removes_keys(run: Run, filled: Path):
    key = run("key", "add", "dashboard", "--scope", "ask").stdout.strip()
    assert len(key) >= 43
    assert "dashboard\task\t" in run("key", "list").stdout
    assert key not in run("key", "list").stdout
    assert run("key", "remove", "dashboard").returncode == 0
    assert "dashboard" not in run("key", "list").stdout


def test_reindexes(run: Run, filled: Path):
    assert run("reindex").returncode == 0
    assert "6%" in run("ask", QUESTION).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["ingest"],
        ["ingest", "/nowhere/at/all"],
        ["ask"],
        ["ask", ""],
        ["ask", "问" * 20_000],
        ["search", "x", "--limit", "0"],
        ["search", "x", "--limit", "many"],
        ["figures", "0123456789abcdef"],
        ["remove", "0123456789abcdef"],
        ["remove", "../../etc/passwd"],
        ["restore", "/nowhere/at/all"],
        ["migrate-to"],
        ["migrate-to", "reports"],
        ["worker"],
        ["key"],
        ["key", "add", "x", "--scope", "all"],
        ["key", "remove", "nobody"],
        ["serve", "--port", "99999"],
        ["serve", "--port", "x"],
        ["serve", "--host", "0.0.0.0"],
        ["serve", "--host", "no.such.host.invalid"],
    ],
)
def test_bad_input_is_exit_2_and_one_line(run: Run, arguments: list[str]):
    assert assert_one_line(run(*arguments)).startswith("report-qa: ")


def test_moves_to_a_database_and_answers_from_it(run: Run, filled: Path, postgres: PostgresServer, tmp_path: Path):
    url = postgres.make_database()
    moved = run("migrate-to", url)
    assert moved.returncode == 0, moved.stderr
    assert f"{len(REPORTS)} reports" in moved.stdout
    assert "6%" in run("ask", QUESTION, REPORT_QA_DATABASE_URL=url).stdout
    assert run("doctor", REPORT_QA_DATABASE_URL=url).returncode == 0
    assert "not empty" in assert_one_line(run("migrate-to", url))
    assert "REPORT_QA_DATA_DIR" in assert_one_line(run("migrate-to", url, REPORT_QA_DATA_DIR=str(tmp_path / "none")))


def test_an_unknown_setting_is_told(run: Run):
    assert "REPORT_QA_COLOUR" in assert_one_line(run("reports", REPORT_QA_COLOUR="red"))


def test_a_data_directory_that_cannot_be_made_is_told(run: Run):
    assert "/proc/nothing" in assert_one_line(run("reports", REPORT_QA_DATA_DIR="/proc/nothing"))


def test_works_from_any_directory_and_in_a_terminal_without_unicode(environment: dict[str, str], filled: Path):
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = start_program(environment | plain, "ask", QUESTION)
    assert done.returncode == 0, done.stderr
    assert "6%" in done.stdout
