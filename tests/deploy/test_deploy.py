"""The container, the compose file and the unit name what exists, and hold what docs/deploy.md promises.

Building and running the image needs an engine; docs/deploy.md says how its steps were run without one.
"""

from __future__ import annotations

import configparser
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from api.routes import health
from rag.cli.arguments import make_parser
from rag.config import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
UNIT = (ROOT / "deploy" / "report-qa.service").read_text("utf-8")
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions: word and rest, continued lines joined."""
    lines = [line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def values(word: str) -> list[str]:
    return [rest for found, rest in instructions() if found == word]


def last_stage() -> list[tuple[str, str]]:
    every = instructions()
    return every[max(at for at, (word, _) in enumerate(every) if word == "FROM") :]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for word, rest in last_stage() if word == "ENV" for pair in shlex.split(rest))


def test_what_the_image_copies_exists_and_is_sent_to_the_engine():
    copied = [name for rest in values("COPY") if not rest.startswith("--from") for name in shlex.split(rest)[:-1]]
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert set(copied) == sent
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_image_holds_every_package_of_the_project_and_its_extras_are_declared():
    copied = {name for rest in values("COPY") for name in shlex.split(rest)}
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied
    (extras,) = (re.search(r"\.\[([\w,-]+)\]", rest).group(1) for rest in values("RUN") if "pip install" in rest)
    assert set(extras.split(",")) <= set(PROJECT["project"]["optional-dependencies"])
    assert "torch" not in extras
    assert not any(name.startswith(("torch", "transformers")) for name in PROJECT["project"]["dependencies"])


def test_the_model_is_unpacked_where_the_service_looks_for_it():
    (unpacking,) = (rest for rest in values("RUN") if "bundled_model" in rest)
    assert environment()["REPORT_QA_MODELS_DIR"] in unpacking
    module, name = re.search(r"from (rag[\w.]+) import (\w+)", unpacking).groups()
    assert callable(getattr(__import__(module, fromlist=[name]), name))


def test_the_image_runs_without_rights_and_keeps_reports_in_its_volume():
    stage = last_stage()
    (user,) = (rest for word, rest in stage if word == "USER")
    assert all(int(number) > 0 for number in user.split(":"))
    after_user = [word for word, _ in stage[[word for word, _ in stage].index("USER") :]]
    assert "RUN" not in after_user
    (volume,) = (rest for word, rest in stage if word == "VOLUME")
    assert environment()["REPORT_QA_DATA_DIR"] == volume


def test_image_compose_and_unit_set_known_settings_only():
    settings = {name for name in environment() if name.startswith(PREFIX)}
    settings |= set(COMPOSE["services"]["report-qa"]["environment"])
    settings |= set(re.findall(rf"{PREFIX}\w+", UNIT))
    assert settings - KNOWN == set()
    assert {"REPORT_QA_DATA_DIR", "REPORT_QA_API_KEY"} <= settings


def test_image_and_unit_start_a_command_there_is():
    (entry,), (command,) = (map(json.loads, values(word)) for word in ("ENTRYPOINT", "CMD"))
    started = re.search(r"^ExecStart=\S+/bin/(\S+) (\S+)$", UNIT, re.MULTILINE).groups()
    commands = PROJECT["project"]["entry-points"]["report_qa.commands"]
    for program, name in ((entry[0], command[0]), started):
        assert program in PROJECT["project"]["scripts"]
        assert name in commands or name in make_parser().format_help()


def test_the_health_check_asks_a_route_there_is_at_the_port_that_is_served():
    (image,) = (json.loads(rest.partition("CMD ")[2]) for word, rest in last_stage() if word == "HEALTHCHECK")
    assert COMPOSE["services"]["report-qa"]["healthcheck"]["test"] == ["CMD", *image]
    port, path = re.search(r"127\.0\.0\.1:(\d+)(/[\w/]+)", image[-1]).groups()
    assert values("EXPOSE") == [port]
    assert path in {route.path for route in health.router.routes}
    (published,) = COMPOSE["services"]["report-qa"]["ports"]
    assert published.startswith("127.0.0.1:")
    assert published.endswith(f":{port}")


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_no_service_has_capabilities_or_gains_rights(name: str):
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & service.keys()


def test_the_service_writes_to_its_volume_and_to_tmp_alone():
    service = COMPOSE["services"]["report-qa"]
    assert service["read_only"] is True
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == [environment()["HOME"]]
    writable = [mount for mount in service["volumes"] if not mount.endswith(":ro")]
    assert writable == [f"data:{environment()['REPORT_QA_DATA_DIR']}"]
    assert COMPOSE["services"]["ollama"]["profiles"] == ["ollama"]


def test_the_unit_may_write_its_data_alone():
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str
    parsed.read_string(UNIT)
    service = parsed["Service"]
    assert service["User"] not in ("root", "")
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert f"REPORT_QA_DATA_DIR=/var/lib/{service['StateDirectory']}" in service["Environment"]
    assert "ReadWritePaths" not in service
