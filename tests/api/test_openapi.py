"""The description at /openapi.json is for readers, its examples are true, and what the server does is what it says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings

from api.app import create_app, make_routes
from api.openapi import TAGS, examples
from api.problems import MEDIA_TYPE
from tests.api.serving import served
from tests.conftest import SAMPLES

KEY = "s3cret"
NUM_EXAMPLES = 12
# A description cannot say that a question is not blank, or that one of two parameters is given: such are told 422. A
# report cannot be removed while another is taken in: 503, with when to come back.
EXPECTED = schemathesis.Config.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422", "503"]},
            "not_a_server_error": {"expected-statuses": ["2xx", "4xx", "503"]},
        }
    }
)
SCHEMA = make_routes().openapi()
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
}


@pytest.fixture(params=OPERATIONS)
def operation(request: pytest.FixtureRequest) -> Any:
    return OPERATIONS[request.param][2]


def test_an_operation_is_described_for_a_reader(operation: Any):
    assert 10 <= len(operation["summary"]) <= 100
    assert len(operation["description"]) >= 40
    assert operation["description"] != operation["summary"]
    assert set(operation["tags"]) <= set(TAGS)
    for parameter in operation.get("parameters", ()):
        assert len(parameter.get("description", "")) >= 10, parameter["name"]
    for status, response in operation["responses"].items():
        assert response["description"], status
        assert response["description"] != "Successful Response"


def test_every_tag_is_described_and_in_use():
    assert {tag["name"]: tag["description"] for tag in SCHEMA["tags"]} == TAGS
    assert {name for _, _, each in OPERATIONS.values() for name in each["tags"]} == set(TAGS)


def test_what_is_sent_is_described_field_by_field():
    bodies = {name: schema for name, schema in SCHEMA["components"]["schemas"].items() if name.endswith("In")}
    assert len(bodies) >= 6
    missing = [
        f"{name}.{field}"
        for name, schema in bodies.items()
        for field, value in schema["properties"].items()
        if not value.get("description")
    ]
    assert missing == []
    assert [name for name, schema in SCHEMA["components"]["schemas"].items() if not schema.get("description")] == []


def test_an_operation_has_examples_of_what_is_sent_and_what_comes_back(operation: Any):
    for kind, body in operation.get("requestBody", {"content": {}})["content"].items():
        assert kind == "multipart/form-data" or "example" in body
    success = operation["responses"][min(operation["responses"])]
    assert any("example" in body for body in success["content"].values())
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            assert response["content"][MEDIA_TYPE]["example"]["status"] == int(status)


def test_no_example_is_of_a_route_that_is_gone():
    assert set(examples()) == set(OPERATIONS)


def every_example() -> Iterator[tuple[str, Any, Any]]:
    for name, (_, _, operation) in OPERATIONS.items():
        bodies = [*operation.get("requestBody", {"content": {}})["content"].values()]
        for response in operation["responses"].values():
            bodies += response["content"].values()
        for body in bodies:
            if "example" in body:
                yield name, body["schema"], body["example"]


@pytest.mark.parametrize(("name", "schema", "example"), list(every_example()))
def test_an_example_fits_its_schema(name: str, schema: Any, example: Any):
    if isinstance(example, str):
        assert example.strip()
        return
    jsonschema_rs.validator_for({**schema, "components": SCHEMA["components"]}).validate(example)


def send_example(client: TestClient, name: str, job_id: str) -> Any:
    method, path, operation = OPERATIONS[name]
    given = examples()[name].get("parameters", {})
    given = given | {"job_id": job_id} if "job_id" in given else given
    by_place: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in given:
            by_place[parameter["in"]][parameter["name"]] = given[parameter["name"]]
    files = None
    if name == "add_report":
        sample = SAMPLES / "yunting-2023-towns.csv"
        files = {"file": (sample.name, sample.read_bytes())}
    return client.request(
        method,
        path.format(**by_place["path"]),
        params=by_place["query"],
        headers=by_place["header"],
        json=examples()[name].get("request"),
        files=files,
    )


def test_every_example_works_on_the_samples(sampled: FastAPI):
    client = TestClient(sampled)
    job_id = send_example(client, "add_report", "").json()["job_id"]
    while client.get(f"/v1/jobs/{job_id}").json()["status"] in {"queued", "running"}:
        time.sleep(0.05)
    for name in sorted(OPERATIONS, key=lambda name: name == "remove_report"):
        response, documented = send_example(client, name, job_id), OPERATIONS[name][2]["responses"]
        assert response.status_code == int(min(documented)), (name, response.text)
        kind = response.headers["content-type"].partition(";")[0]
        schema = {**documented[min(documented)]["content"][kind]["schema"], "components": SCHEMA["components"]}
        if kind == "application/json":
            jsonschema_rs.validator_for(schema).validate(response.json())
            assert response.json().keys() == examples()[name]["response"].keys(), name


@pytest.fixture(scope="module")
def address(sampled: FastAPI) -> Iterator[str]:
    """A server with a key, so that what is said of keys is held to as well."""
    context = sampled.state.context
    with served(create_app(context.service, context.settings.model_copy(update={"api_key": KEY}))) as address:
        yield address


@schemathesis.openapi.from_dict(SCHEMA, config=EXPECTED).parametrize()
@settings(
    max_examples=NUM_EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
def test_threat_whatever_is_sent_is_answered_as_described(case: schemathesis.Case, address: str):
    case.call_and_validate(base_url=address, headers={"Authorization": f"Bearer {KEY}"})
