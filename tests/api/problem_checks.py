from __future__ import annotations

from httpx import Response


def assert_problem(response: Response, status: int) -> str:
    """Check the shape of RFC 9457 and return the detail."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert "Traceback" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    detail: str = body["detail"]
    return detail
