from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.access.guard import is_loopback
from api.serve import require_key_on_network
from rag.config import Settings
from rag.errors import ConfigurationError
from rag.service import Service
from tests.api.problem_checks import assert_problem

MakeClient = Callable[..., TestClient]
KEY = {"Authorization": "Bearer s3cret"}
QUESTION = {"question": "枫桐县2030年改造了几座危桥？"}


def test_without_a_key_the_header_is_ignored(client: TestClient):
    assert client.get("/v1/reports", headers={"Authorization": "Bearer whatever"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/reports"),
        ("DELETE", "/v1/reports/0123456789abcdef"),
        ("POST", "/v1/feedback"),
        ("POST", "/v1/ask"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/reports"),
        ("GET", "/v1/status"),
        ("GET", "/metrics"),
        ("GET", "/openapi.json"),
    ],
)
def test_threat_unauthenticated_write_and_status_endpoints(client_with: MakeClient, method: str, path: str):
    client = client_with(api_key="s3cret")
    refused = client.request(method, path)
    assert_problem(refused, 401)
    assert refused.headers["www-authenticate"] == "Bearer"
    assert_problem(client.request(method, path, headers={"Authorization": "Bearer wrong"}), 401)
    assert client.request(method, path, headers=KEY).status_code != 401


def test_the_page_and_the_health_checks_need_no_key(client_with: MakeClient):
    client = client_with(api_key="s3cret")
    for path in ("/", "/static/app.js", "/health/live", "/health/ready"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic s3cret", "s3cret", "Bearer s3cret extra", "Bearer ÿ"])
def test_only_the_whole_key_opens(client_with: MakeClient, header: str):
    client = client_with(api_key="s3cret")
    assert_problem(client.get("/v1/reports", headers={"Authorization": header.encode("latin-1")}), 401)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "a@localhost", "[::1"]
)
def test_threat_dns_rebinding_by_a_foreign_host_name(client: TestClient, host: str):
    assert_problem(client.get("/v1/reports", headers={"Host": host}), 421)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000", "LOCALHOST", "app.localhost"]
)
def test_this_machines_own_names_are_answered(client: TestClient, host: str):
    assert client.get("/v1/reports", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:9999", "http://testserver.evil.example"]
)
def test_threat_a_foreign_page_posts_to_the_loopback_server(client: TestClient, origin: str):
    assert_problem(client.post("/v1/ask", json=QUESTION, headers={"Origin": origin}), 403)
    assert_problem(client.delete("/v1/reports/0123456789abcdef", headers={"Origin": origin}), 403)


def test_threat_a_cross_site_request_without_origin(client: TestClient):
    assert_problem(client.post("/v1/ask", json=QUESTION, headers={"Sec-Fetch-Site": "cross-site"}), 403)


def test_our_own_page_may_post(client: TestClient):
    assert client.post("/v1/ask", json=QUESTION, headers={"Origin": "http://testserver"}).status_code == 200


def test_threat_a_form_of_a_foreign_page_is_no_json(client: TestClient):
    body = b'{"question": "a", "x": "="}'
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "text/plain"})
    assert_problem(response, 422)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "reports.example"])
def test_threat_a_server_on_the_network_without_a_key_does_not_start(host: str, own_service: Service):
    with pytest.raises(ConfigurationError, match="REPORT_QA_API_KEY"):
        require_key_on_network(host, Settings(), own_service.keys)
    require_key_on_network(host, Settings(api_key="s3cret"), own_service.keys)
    own_service.keys.add("dashboard", "ask")
    require_key_on_network(host, Settings(), own_service.keys)


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_knows_loopback(host: str, expected: bool):
    assert is_loopback(host) is expected


def test_no_cross_origin_reading_is_allowed(client: TestClient):
    response = client.get("/v1/reports", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in response.headers


def test_rate_limits_are_off_until_configured(client: TestClient):
    assert {client.get("/v1/status").status_code for _ in range(40)} == {200}


def test_too_many_requests_a_minute_are_told_when_to_come_back(client_with: MakeClient):
    client = client_with(requests_per_minute=3)
    assert [client.get("/v1/status").status_code for _ in range(3)] == [200, 200, 200]
    response = client.get("/v1/status")
    assert_problem(response, 429)
    assert int(response.headers["retry-after"]) > 0
    assert client.get("/health/live").status_code == 200
