"""``report-qa eval``: retrieval, answers, dialogues, model, compare, report, gate."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from eval.compare import compare_rows
from eval.dataset import GoldQuestion, read_dialogues, read_passage_set, read_questions
from eval.gate import judge as judge_figures
from eval.gate import read_record, write_record
from eval.intervals import Estimate
from eval.plain_model import model_folder
from eval.recording import record_answers, record_retrieval, stopwatch
from eval.report import report_page
from eval.results import Result, read_result, read_rows_of, write_result
from eval.run_answers import Asks, run_answers, run_dialogues
from eval.run_model import ask_lying, ask_perfect, perfect_model, stand_in_figures, without_model
from eval.run_retrieval import SearchFunction, run_retrieval
from eval.sets import QuestionSet, find_set
from eval.stand_ins import LyingModel, StandIn
from eval.tables import comparison_table, groups_table, results_table, verdicts_table
from eval.workspace import as_gold, scratch_service, service_search, write_passages
from rag.bootstrap import open_service
from rag.config import Settings, load_settings
from rag.errors import ReportQAError
from rag.indexing.embedding import load_embedder
from rag.service import Service

RESULTS = Path(__file__).parent / "results"
RUNS = RESULTS / "runs"
RECORD = RESULTS / "baseline.json"
GATE_LIES = 300
CONSOLE = Console()
Item = TypeVar("Item")
Subjects = dict[str, SearchFunction]


def _tracked(items: Sequence[Item], what: str) -> Iterable[Item]:
    console = Console(stderr=True)
    return track(items, description=what, console=console, disable=not console.is_terminal)


def _answers(asked: QuestionSet, settings: Settings, service: Asks, out: Path) -> Result:
    items = read_questions(asked.gold, corpus=asked.corpus)
    with stopwatch() as watch:
        rows = run_answers(_tracked(items, asked.name), service)
    result = record_answers("answers", asked, settings, rows, watch.seconds)
    write_result(result, rows, out)
    return result


def _dialogues(asked: QuestionSet, settings: Settings, service: Service, out: Path) -> Result:
    dialogues = read_dialogues(asked.gold, corpus=asked.corpus)
    with stopwatch() as watch:
        rows = run_dialogues(_tracked(dialogues, asked.name), service)
    result = record_answers("dialogues", asked, settings, rows, watch.seconds)
    write_result(result, rows, out)
    return result


def _retrieval(
    asked: QuestionSet,
    settings: Settings,
    items: Sequence[GoldQuestion],
    subjects: Subjects,
    out: Path,
) -> list[Result]:
    results = []
    for subject, search in subjects.items():
        with stopwatch() as watch:
            rows = run_retrieval(_tracked(items, subject), search)
        results.append(record_retrieval(subject, asked, settings, rows, watch.seconds))
        write_result(results[-1], rows, out)
    return results


def _others(options: argparse.Namespace, settings: Settings, corpus: Path, asked: Sequence[str]) -> Subjects:
    """The baselines and peers that are to be run beside the service; their packages are an optional extra."""
    if not options.baselines and not options.peer:
        return {}
    from eval.baselines import build_baselines, read_files
    from eval.peers.running import run_peer

    embedder = load_embedder(settings)
    others = build_baselines(corpus, embedder) if options.baselines else {}
    for name, _, python in (peer.partition("=") for peer in options.peer):
        others |= run_peer(name, Path(python), read_files(corpus), asked, embedder, tokenizer=model_folder(settings))
    return others


@contextmanager
def _opened(settings: Settings, corpus: Path) -> Iterator[Service]:
    """A scratch service; what it refused of the corpus is said, for it lowers every figure."""
    with scratch_service(settings, corpus) as service:
        for refusal in service.refusals():
            sys.stderr.write(f"refused: {refusal.source}: {refusal.reason}\n")
        yield service


@contextmanager
def _searched(options: argparse.Namespace) -> Iterator[tuple[QuestionSet, tuple[GoldQuestion, ...]]]:
    """The set to search in: a gold set, or a passage set written out as files for as long as it is used."""
    if options.passages is None:
        asked = find_set(options.set, options.corpus)
        yield asked, read_questions(asked.gold, corpus=asked.corpus)
        return
    passages, questions = read_passage_set(options.passages)
    kept = [row for row in passages if row.id.startswith(options.passage_prefix)]
    with TemporaryDirectory(prefix="report-qa-passages-") as folder:
        documents = write_passages(kept, Path(folder))
        name = options.passages.name + options.passage_prefix.strip(":")
        asked = QuestionSet(name, options.passages / "questions.jsonl", Path(folder))
        yield asked, as_gold(questions, documents)[: options.limit]


def retrieval(options: argparse.Namespace, settings: Settings) -> int:
    """Run searches; baselines and peers too when asked for."""
    with ExitStack() as stack:
        asked, items = stack.enter_context(_searched(options))
        service = stack.enter_context(_opened(settings, asked.corpus))
        others = _others(options, settings, asked.corpus, [item.question for item in items if item.answerable])
        subjects = {"report-qa": service_search(service)} | others
        results = _retrieval(asked, settings, items, subjects, options.out)
    CONSOLE.print(results_table(results))
    return 0


def answers(options: argparse.Namespace, settings: Settings) -> int:
    """Ask the questions of a set."""
    asked = find_set(options.set, options.corpus)
    with _opened(settings, asked.corpus) as service:
        result = _answers(asked, settings, service, options.out)
    CONSOLE.print(results_table([result]))
    CONSOLE.print(groups_table(result, "type"))
    return 0


def dialogues(options: argparse.Namespace, settings: Settings) -> int:
    """Hold the dialogues of a set."""
    asked = find_set(options.set, options.corpus)
    with _opened(settings, asked.corpus) as service:
        result = _dialogues(asked, settings, service, options.out)
    CONSOLE.print(results_table([result]))
    return 0


def model(options: argparse.Namespace, settings: Settings) -> int:
    """Ask with a stand-in for the language model: perfect (the ceiling) or lying (1 when a lie comes out)."""
    asked = find_set(options.set, options.corpus)
    items = read_questions(asked.gold, corpus=asked.corpus)
    talks = read_dialogues(asked.gold, corpus=asked.corpus)
    settings = without_model(settings)
    perfect, lying = perfect_model(items, talks), LyingModel()
    with _modelled(options, settings, asked.corpus, perfect if options.kind == "perfect" else lying) as service:
        if options.kind == "lying":
            lies = ask_lying(service, lying, items, options.replies)
            CONSOLE.print(f"{lying.told.total()} lies {dict(lying.told)}, {len(lies)} came out", markup=False)
            for lie in lies:
                CONSOLE.print(f"{lie.kind}: {lie.claim} -> {lie.answer}", markup=False)
            return 1 if lies else 0
        with stopwatch() as watch:
            rows, told = ask_perfect(service, perfect, items, talks)
    result = record_answers("perfect", asked, settings, rows, watch.seconds)
    write_result(result, rows, options.out)
    CONSOLE.print(results_table([result]))
    CONSOLE.print("\n".join(f"{name}: {value}" for name, value in told.items()), markup=False)
    return 0


@contextmanager
def _modelled(options: argparse.Namespace, settings: Settings, corpus: Path, stand_in: StandIn) -> Iterator[Service]:
    """A service whose language model is a stand-in, over a filled data directory where one is given."""
    if options.data is None:
        with scratch_service(settings, corpus, stand_in) as service:
            yield service
        return
    service = open_service(settings.model_copy(update={"data_dir": options.data}), chat_model=stand_in)
    try:
        yield service
    finally:
        service.close()


def compare(options: argparse.Namespace, settings: Settings) -> int:
    """Compare two result files; settings play no part."""
    comparison = compare_rows(read_rows_of(options.before), read_rows_of(options.after))
    CONSOLE.print(comparison_table(comparison))
    for change in comparison.changes:
        CONSOLE.print(f"{'gained' if change.gained else 'LOST'}  {change.id}  {change.question}", markup=False)
        CONSOLE.print(f"    before: {change.before}\n    after:  {change.after}", markup=False)
    return 0


def report(options: argparse.Namespace, settings: Settings) -> int:
    """Write the report page over result files; settings play no part."""
    paths = options.results or sorted(RUNS.glob("*.json"))
    options.page.write_text(report_page([(read_result(path), read_rows_of(path)) for path in paths]), "utf-8")
    CONSOLE.print(f"{len(paths)} runs in {options.page}")
    return 0


def measure_samples(settings: Settings, out: Path) -> dict[str, dict[str, Estimate]]:
    """Everything the gate holds, measured on the samples: without a model and with both stand-ins; figures by kind."""
    asked, talked, settings = find_set("samples"), find_set("samples_dialogues"), without_model(settings)
    with _opened(settings, asked.corpus) as service:
        items = read_questions(asked.gold)
        results = [_answers(asked, settings, service, out), _dialogues(talked, settings, service, out)]
        results += _retrieval(asked, settings, items, {"report-qa": service_search(service)}, out)
    measured = {result.kind: result.figures for result in results}
    return measured | stand_in_figures(settings, asked.corpus, items, GATE_LIES)


def gate(options: argparse.Namespace, settings: Settings) -> int:
    """Hold the samples' figures against the record, or renew it; 1 when a figure fell through."""
    measured = measure_samples(settings, options.out)
    recorded = read_record(options.record_file)
    verdicts = judge_figures(recorded or measured, measured)
    CONSOLE.print(verdicts_table(verdicts))
    if options.record:
        write_record(measured, options.record_file)
        CONSOLE.print(f"recorded in {options.record_file}; commit it with the change that caused the difference")
        return 0
    fallen = [f"{verdict.kind} {verdict.figure}" for verdict in verdicts if not verdict.held]
    if fallen or not recorded:
        CONSOLE.print(f"gate: {', '.join(fallen) + ' fell' if fallen else 'nothing is recorded; run with --record'}")
        return 1
    CONSOLE.print("gate: every headline held")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="report-qa eval", description="Evaluate retrieval, answers and dialogues.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run, default in ((retrieval, "samples"), (answers, "samples"), (dialogues, "samples_dialogues")):
        command = commands.add_parser(run.__name__, help=run.__doc__)
        command.set_defaults(run=run)
        sets = "samples, seeds, seeds_g, reports_a (b, c, d, f to j), reports_scope, a gold file's name or its path"
        command.add_argument("--set", default=default, help=sets)
        command.add_argument("--corpus", type=Path, help="folder of the reports the questions are about")
        command.add_argument("--out", type=Path, default=RUNS, help="folder for run and result files")
    search = commands.choices["retrieval"]
    search.add_argument("--baselines", action="store_true", help="run the plain LangChain recipe beside it")
    search.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help="llama-index or haiku-rag, run by the Python of an environment with eval/peers/requirements-NAME.txt",
    )
    search.add_argument("--passages", type=Path, help="folder with passages.jsonl and questions.jsonl")
    search.add_argument("--passage-prefix", default="", help="keep passages whose id starts so, e.g. zh:")
    search.add_argument("--limit", type=int, help="at most so many questions of a passage set")
    stand_in = commands.add_parser("model", help=model.__doc__)
    stand_in.set_defaults(run=model)
    stand_in.add_argument("kind", choices=["perfect", "lying"])
    _add_stand_in_options(stand_in)
    command = commands.add_parser("compare", help=compare.__doc__)
    command.set_defaults(run=compare)
    command.add_argument("before", type=Path)
    command.add_argument("after", type=Path)
    command = commands.add_parser("report", help=report.__doc__)
    command.set_defaults(run=report)
    command.add_argument("results", type=Path, nargs="*", help="result files; all of eval/results/runs by default")
    command.add_argument("--page", type=Path, default=Path("evaluation.html"))
    command = commands.add_parser("gate", help=gate.__doc__)
    command.set_defaults(run=gate)
    command.add_argument("--record", action="store_true", help="record the figures instead of judging them")
    command.add_argument("--record-file", type=Path, default=RECORD)
    command.add_argument("--out", type=Path, default=RUNS)
    return parser


def _add_stand_in_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--set", default="samples", help="a set's name, or a gold file's path")
    command.add_argument("--corpus", type=Path, help="folder of the reports the questions are about")
    command.add_argument("--data", type=Path, help="a filled data directory, instead of ingesting the corpus")
    command.add_argument("--replies", type=int, default=1_000, help="how often to lie")
    command.add_argument("--out", type=Path, default=RUNS, help="folder for run and result files")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 0 when done, 1 when the gate did not hold, 2 on bad input."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options, load_settings()))
    except ReportQAError as error:
        sys.stderr.write(f"report-qa eval: {error}\n")
        return 2
