"""The trial of more than one machine: ``python -m eval.scale_trial [FOLDER] [--questions FILE.jsonl] [--kills N]``.

Two servers and two workers over one PostgreSQL database and one Chroma server take in the reports of a folder by upload
and answer like a single process; then one process after another is killed under load, PostgreSQL is away for a while,
and Chroma is. Prints what was seen as JSON; 1 where anything does not hold.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from eval.recording import ROOT
from eval.scale_office import Office, running_office
from eval.workspace import scratch_service
from rag.config import load_settings
from rag.language.scripts import language_of, wordings

CLIENTS = 4
AWAY_SECONDS = 20.0
SETTLING_SECONDS = 120.0
ACCEPTING_SECONDS = 60.0
SEED = 16

Told = tuple[str, tuple[tuple[str, int, int], ...]]


class Truth:
    """What a single process makes of the same reports: their texts, and its answers."""

    def __init__(self, folder: Path, questions: Sequence[str]) -> None:
        settings = load_settings()
        with scratch_service(settings.model_copy(update={"chroma_url": None, "database_url": None}), folder) as service:
            self.sources = {each.report_id: each.source for each in service.reports()}
            self.texts = {each: service.text(each) for each in self.sources}
            self.answers = {each: told(_body(service.ask(each))) for each in questions}


def _body(answer: Any) -> dict[str, Any]:
    places = [{"report_id": each.report_id, "start": each.start, "end": each.end} for each in answer.citations]
    return {"answer": answer.text, "citations": places}


def told(body: Mapping[str, Any]) -> Told:
    """Return what an answer says and where it quotes, whatever else it tells of itself."""
    return body["answer"], tuple((each["report_id"], each["start"], each["end"]) for each in body["citations"])


class Clients:
    """Clients that ask one question after another, at either server; what they saw stands in ``seen``."""

    def __init__(self, urls: Sequence[str], truth: Truth) -> None:
        self._urls = urls
        self._truth = truth
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(CLIENTS)]
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        questions, order = list(self._truth.answers), random.Random(number)
        with httpx.Client(timeout=60) as client:
            while not self._stop.is_set():
                question, url = order.choice(questions), order.choice(self._urls)
                try:
                    response = client.post(f"{url}/v1/ask", json={"question": question})
                except httpx.TransportError:
                    self.seen["no connection"] += 1
                    time.sleep(0.2)
                    continue
                self.seen[str(response.status_code)] += 1
                if response.is_success:
                    self._hold_to_text(question, response.json())
                else:
                    time.sleep(0.2)

    def _hold_to_text(self, question: str, body: Mapping[str, Any]) -> None:
        for each in body["citations"]:
            text = self._truth.texts.get(each["report_id"], "")
            if text[each["start"] : each["end"]] != each["quote"]:
                self.wrong.append(f"{question}: {each['quote']}")
        if len(body["notes"]):
            self.seen["with a note"] += 1


def upload(url: str, path: Path) -> str:
    """Send a file until it is accepted; return its job."""
    deadline = time.monotonic() + ACCEPTING_SECONDS
    while True:
        try:
            files = {"file": (path.name, path.read_bytes())}
            response = httpx.post(f"{url}/v1/reports", files=files, timeout=30)
            if response.status_code == httpx.codes.ACCEPTED:
                return str(response.json()["job_id"])
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"{url} did not accept {path.name}")
        time.sleep(0.5)


def wait_for(jobs: Sequence[str], url: str) -> Counter[str]:
    """Wait until jobs are finished; count how they ended."""
    ended: Counter[str] = Counter()
    deadline = time.monotonic() + SETTLING_SECONDS + 10 * len(jobs)
    for job in jobs:
        status = "queued"
        while status in {"queued", "running"}:
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
            response = httpx.get(f"{url}/v1/jobs/{job}", timeout=30)
            status = str(response.json()["status"]) if response.is_success else "queued"
        ended[status] += 1
    return ended


def reports_at(url: str) -> Counter[str]:
    """Return how often each report is listed."""
    return Counter(row["report_id"] for row in httpx.get(f"{url}/v1/reports", timeout=60).json()["reports"])


def different(office: Office, truth: Truth) -> list[str]:
    """Return the questions that a server answers otherwise than a single process."""
    return [
        f"{url}: {question}"
        for url in office.urls
        for question, expected in truth.answers.items()
        if told(httpx.post(f"{url}/v1/ask", json={"question": question}, timeout=60).json()) != expected
    ]


def still_different(office: Office, truth: Truth) -> list[str]:
    """Return what differs after a while."""
    settle(lambda: not different(office, truth))
    return different(office, truth)


def settle(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; tell whether it does."""
    deadline = time.monotonic() + SETTLING_SECONDS
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return held


def kill_one_after_another(office: Office, truth: Truth, files: Sequence[Path], kills: int) -> dict[str, Any]:
    """Kill processes in turn, at random moments under load, while the files are sent; begin each again."""
    order, jobs, killed = random.Random(SEED), [], Counter[str]()
    waiting, names = list(files), list(office.parts)
    order.shuffle(names)
    with Clients(office.urls, truth) as clients:
        for number in range(kills):
            time.sleep(order.uniform(0.5, 3.0))
            name = names[number % len(names)]
            killed[name] += 1
            share = len(waiting) // (kills - number) or bool(waiting)
            jobs += [upload(order.choice(office.urls), waiting.pop()) for _ in range(share)]
            office.parts[name].kill()
            time.sleep(order.uniform(0.0, 2.0))
            office.parts[name].begin()
        jobs += [upload(office.urls[0], waiting.pop()) for _ in range(len(waiting))]
        ended = wait_for(jobs, office.urls[0])
    return {"killed": killed, "jobs": ended, "seen": clients.seen, "wrong": clients.wrong}


def take_away(office: Office, truth: Truth, name: str, seconds: float) -> dict[str, Any]:
    """Stop a process for a while under load, and begin it again."""
    with Clients(office.urls, truth) as clients:
        office.parts[name].kill()
        time.sleep(seconds)
        seen, clients.seen = clients.seen, Counter()
        office.parts[name].begin()
    return {"seen": seen, "wrong": clients.wrong}


def run(folder: Path, questions: Sequence[str], *, kills: int, away_seconds: float) -> dict[str, Any]:
    """Hold the whole trial; ``faults`` is empty where everything holds."""
    truth = Truth(folder, questions)
    files = sorted(each for each in folder.rglob("*") if each.name in set(truth.sources.values()))
    note = wordings(language_of(questions[0]))["words_alone"]
    expected = Counter(dict.fromkeys(truth.sources, 1))
    with (
        TemporaryDirectory(prefix="report-qa-trial-") as scratch,
        running_office(Path(scratch), load_settings().models_folder.absolute()) as office,
    ):
        half = len(files) // 2
        jobs = [upload(office.urls[number % 2], path) for number, path in enumerate(files[:half])]
        found: dict[str, Any] = {"first half": wait_for(jobs, office.urls[1])}
        found["kills"] = kill_one_after_another(office, truth, files[half:], kills)
        found["reports right"] = settle(lambda: all(reports_at(url) == expected for url in office.urls))
        found["different after kills"] = still_different(office, truth)
        found["postgres away"] = take_away(office, truth, "postgres", away_seconds)
        found["different after postgres"] = still_different(office, truth)
        found["chroma away"] = take_away(office, truth, "chroma", min(5.0, away_seconds))
        found["different after chroma"] = still_different(office, truth)
        last = httpx.post(f"{office.urls[0]}/v1/ask", json={"question": questions[0]}, timeout=60).json()
        found["note left"] = note in last["notes"]
    return found | {"faults": list(faults(found))}


def faults(found: Mapping[str, Any]) -> list[str]:
    """Return what does not hold."""
    kills, postgres, chroma = found["kills"], found["postgres away"], found["chroma away"]
    answered, refused = {"200", "with a note"}, {"503"}
    differing = [row for name, rows in found.items() if name.startswith("different") for row in rows]
    checks = {
        "a report was refused or lost": set(found["first half"] + kills["jobs"]) <= {"done"},
        "a report is missing or doubled": found["reports right"],
        "an answer quotes what does not stand there": not kills["wrong"] + postgres["wrong"] + chroma["wrong"],
        "a client saw other errors of a kill": set(kills["seen"]) <= answered | refused | {"no connection"},
        "a client saw other errors without PostgreSQL": set(postgres["seen"]) <= answered | refused,
        "no client was told that PostgreSQL is away": postgres["seen"]["503"] > 0,
        "a question failed without Chroma": set(chroma["seen"]) <= answered,
        "no answer without Chroma had a note": chroma["seen"]["with a note"] > 0,
        "an answer differs from that of a single process": not differing,
        "the note stayed when Chroma was back": not found["note left"],
    }
    return [name for name, holds in checks.items() if not holds]


def main(argv: Sequence[str] | None = None) -> int:
    """Hold the trial and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m eval.scale_trial", description="Several processes, killed.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "samples", help="reports (samples)")
    parser.add_argument("--questions", type=Path, default=ROOT / "eval/gold/samples.jsonl", help="a gold set")
    parser.add_argument("--most", type=int, default=30, help="how many questions of it (30)")
    parser.add_argument("--kills", type=int, default=10, help="how many kills (10)")
    parser.add_argument("--away", type=float, default=AWAY_SECONDS, help="seconds without PostgreSQL (20)")
    options = parser.parse_args(argv)
    rows = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines()]
    questions = list(dict.fromkeys(row["question"] for row in rows))[: options.most]
    found = run(options.folder, questions, kills=options.kills, away_seconds=options.away)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return int(bool(found["faults"]))


if __name__ == "__main__":
    sys.exit(main())
