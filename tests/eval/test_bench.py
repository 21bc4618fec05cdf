"""What the bench makes of its measurements, and its load on a small server of our own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from eval.bench.copies import put_copies
from eval.bench.growth import HashedEmbedder
from eval.bench.load import measure_load
from eval.bench.summary import bench_markdown, bench_picture, quickest, with_ratios
from eval.bench.synthetic import FIRST_YEAR, place_names, write_reports
from rag.bootstrap import open_service
from rag.config import Settings


def timed(median):
    return {"p50": median, "p95": 2 * median, "p99": 3 * median}


def subject(speed, median, memory):
    return {
        "ingest_characters_per_second": speed,
        "query_embedding_ms": timed(median),
        "search_ms": timed(median),
        "peak_memory_mb": memory,
    }


def measurements(load=0.1):
    growth = [
        {
            "passages": size,
            "search_ms": timed(size / 100),
            "scoped_search_ms": timed(1.0),
            "ask_ms": timed(size**0.5),
            "pile_ms": timed(size / 10),
            "peak_memory_mb": 500,
        }
        for size in (100, 1_000, 10_000)
    ]
    return with_ratios(
        {
            "commit": "abc1234",
            "machine": "a machine",
            "load_average_before": load,
            "reports": 2,
            "characters": 1_000,
            "subjects": {"report-qa": subject(900, 5.0, 400), "recipe": subject(300, 20.0, 800)},
            "load": [{"clients": 1, "answers_per_second": 9.0, "errors": 0, **timed(5.0)}],
            "growth": growth,
        }
    )


def test_of_several_rounds_the_quickest_counts_and_the_most_memory():
    best = quickest([subject(300, 9.0, 500), subject(200, 5.0, 700)])
    assert best == subject(300, 5.0, 700)


def test_a_ratio_says_how_many_times_better_and_an_exponent_how_it_grows():
    found = measurements()
    assert found["ratios_to_the_recipe"] == {
        "ingest_characters_per_second": 3.0,
        "query_embedding_ms": 4.0,
        "search_ms": 4.0,
        "peak_memory_mb": 2.0,
    }
    assert found["growth_exponents"] == {"search_ms": 1.0, "scoped_search_ms": 0.0, "ask_ms": 0.5, "pile_ms": 1.0}
    assert "n^0.50" in bench_picture(found)


@pytest.mark.parametrize(("load", "busy"), [(0.1, False), (4.0, True)])
def test_a_busy_machine_is_said_to_be_one(load, busy):
    assert ("a busy machine" in bench_markdown(measurements(load))) is busy


def test_load_counts_answers_and_errors_apart():
    replies = iter([200, 500] * 10_000)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(next(replies))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = measure_load(f"http://127.0.0.1:{server.server_port}", ["问？"], clients=1, seconds=0.5)
    finally:
        server.shutdown()
        server.server_close()
    assert found["clients"] == 1
    assert found["errors"] >= 1
    assert abs(found["answers_per_second"] * 0.5 - found["errors"]) <= 1


def test_copies_of_reports_are_whole_reports_of_other_places_and_years(tmp_path):
    write_reports(tmp_path / "reports", count=2, characters=2_000)
    service = open_service(Settings(data_dir=tmp_path / "data"), embedder=HashedEmbedder())
    try:
        service.ingest([tmp_path / "reports"])
        put_copies(tmp_path / "data", HashedEmbedder(), count=2, first=len(place_names()) + 2)
        assert all(check.holds for check in service.examine())
        copied = {(each.profile.place, each.profile.current_year) for each in service.reports()}
        assert copied >= {(place, FIRST_YEAR + 1) for place in place_names()[2:4]}
        assert service.search(f"{place_names()[3]}的目标").hits[0].passage.place == place_names()[3]
    finally:
        service.close()
