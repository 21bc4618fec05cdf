from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.access.keys import needs_manage
from api.app import create_app
from rag.config import Settings
from rag.service import Service
from tests.api.problem_checks import assert_problem

QUESTION = {"question": "枫桐县2030年改造了几座危桥？"}
REPORT = {"file": ("a.txt", "枫桐县2030年工作报告\n\n改造危桥 9 座。\n".encode())}


def make_client(service: Service, **changes: object) -> TestClient:
    settings = Settings(data_dir=service._parts.settings.data_dir, **changes)
    return TestClient(create_app(service, settings), raise_server_exceptions=False)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_key_with_ask_reads_and_asks_and_changes_nothing(own_service: Service):
    key, client = bearer(own_service.keys.add("dashboard", "ask")), make_client(own_service)
    assert client.get("/v1/reports", headers=key).status_code == 200
    assert client.post("/v1/ask", json=QUESTION, headers=key).status_code == 200
    assert client.post("/v1/feedback", json={"id": "a", "rating": "up"}, headers=key).status_code == 201
    assert "dashboard" in assert_problem(client.post("/v1/reports", files=REPORT, headers=key), 403)
    assert_problem(client.delete("/v1/reports/0123456789abcdef", headers=key), 403)
    assert_problem(client.post("/v1/ask/", json=QUESTION, headers=key), 403)


def test_a_key_with_manage_may_do_everything(own_service: Service):
    key, client = bearer(own_service.keys.add("operator", "manage")), make_client(own_service)
    assert client.post("/v1/reports", files=REPORT, headers=key).status_code == 202
    assert_problem(client.delete("/v1/reports/0123456789abcdef", headers=key), 404)


def test_the_key_of_the_settings_goes_on_beside_those_of_the_catalogue(own_service: Service):
    asking, client = own_service.keys.add("dashboard", "ask"), make_client(own_service, api_key="s3cret")
    assert client.post("/v1/reports", files=REPORT, headers=bearer("s3cret")).status_code == 202
    assert client.get("/v1/reports", headers=bearer(asking)).status_code == 200
    assert_problem(client.get("/v1/reports", headers=bearer("s3cre")), 401)


def test_a_new_key_closes_a_running_server_and_a_removed_one_no_longer_opens_it(own_service: Service):
    client = make_client(own_service)
    assert client.get("/v1/reports").status_code == 200
    key = bearer(own_service.keys.add("dashboard", "ask"))
    assert_problem(client.get("/v1/reports"), 401)
    assert client.get("/v1/reports", headers=key).status_code == 200
    own_service.keys.remove("dashboard")
    assert_problem(client.get("/v1/reports", headers=key), 401)


def test_threat_removing_the_last_key_does_not_open_a_running_server(own_service: Service):
    own_service.keys.add("dashboard", "ask")
    client = make_client(own_service)
    own_service.keys.remove("dashboard")
    assert_problem(client.get("/v1/reports"), 401)


def test_threat_a_route_that_changes_something_needs_manage_unless_it_is_named(service: Service):
    """Whatever is added later needs the scope manage, until somebody decides otherwise here."""
    paths = create_app(service).openapi()["paths"]
    changing = {(method.upper(), path) for path, methods in paths.items() for method in methods if method != "get"}
    assert {route for route in changing if not needs_manage(*route)} == {
        ("POST", "/v1/ask"),
        ("POST", "/v1/ask/stream"),
        ("POST", "/v1/feedback"),
        ("POST", "/v1/chat/completions"),
    }
    assert {("POST", "/v1/reports"), ("DELETE", "/v1/reports/{report_id}")} <= changing


def test_each_key_has_its_own_share_of_requests(own_service: Service):
    first, second = (bearer(own_service.keys.add(name, "ask")) for name in ("a", "b"))
    client = make_client(own_service, requests_per_minute=2)
    statuses = [client.get("/v1/status", headers=key).status_code for key in (first, first, first, second)]
    assert statuses == [200, 200, 429, 200]


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/health/live", "/health/ready"])
def test_the_page_and_the_health_checks_need_no_key(own_service: Service, path: str):
    own_service.keys.add("dashboard", "ask")
    assert make_client(own_service).get(path, headers={"Host": "reports.example"}).status_code == 200
