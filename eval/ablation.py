"""What each signal of the search is worth: each alone, and each left out, on the sets of ``run_retrieval_sets``.

``python -m eval.ablation --shared FOLDER --work FOLDER --every 8`` prints a table; ``report-qa eval retrieval
--ablation`` records the same searches over a gold set, for the report page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.report import LEFT_OUT
from eval.retrieval_lab import FULL, Lab, Variant, ingested
from eval.run_retrieval import FoundText, SearchFunction
from eval.run_retrieval_sets import NAMES, PASSAGE_SETS, PLACED, Found, arguments, figures_of, opened
from rag.config import Settings
from rag.indexing.embedding import load_embedder
from rag.old.fusion import FusionWeights
from rag.indexing.lexical_fields import FieldWeights

PLAIN = FusionWeights()
WORDS_ONLY = replace(PLAIN, dense=0.0)
MEANING_ONLY = replace(PLAIN, lexical=0.0, coverage=0.0)
BARE = ("wish", "expansions", "groups", "bare text")
VARIANTS = (
    FULL,
    Variant("words alone (BM25), nothing else", replace(WORDS_ONLY, coverage=0.0), hit_max_chars=0, without=BARE),
    Variant("passage vectors alone", replace(MEANING_ONLY, sentence=0.0), hit_max_chars=0, without=BARE),
    Variant("passage and sentence vectors alone", MEANING_ONLY, hit_max_chars=0, without=BARE),
    Variant("fused, nothing else", hit_max_chars=0, without=BARE),
    Variant("without words", MEANING_ONLY),
    Variant("without vectors", WORDS_ONLY),
    Variant("without sentence vectors", replace(PLAIN, sentence=0.0)),
    Variant("without coverage", replace(PLAIN, coverage=0.0)),
    Variant("words never abstain", replace(PLAIN, trusted=1e-9, doubted=0.0)),
    Variant("without the header's terms", fields=FieldWeights(header=0.0)),
    Variant("without expansions", without=("expansions",)),
    Variant("place and year left in the search text", without=("bare text",)),
    Variant("without turns for each place", without=("groups",)),
    Variant("without reranking", without=("wish",)),
    Variant("reranked without phrases", without=("phrases",)),
    Variant("reranked without other wordings", without=("wordings",)),
    Variant("reranked without focus", without=("focus",)),
    Variant("reranked without heading", without=("topic",)),
    Variant("reranked without units", without=("units",)),
    Variant("reranked without years", without=("years",)),
    Variant("reranked without result or target", without=("reading",)),
    Variant("without neighbours in a hit", hit_max_chars=0),
    Variant("without scope", without=("scope",)),
)


@contextmanager
def ablated_searches(settings: Settings, corpus: Path) -> Iterator[dict[str, SearchFunction]]:
    """Every variant but the whole one as a search over the reports of a folder, ingested for as long as it is used."""
    with TemporaryDirectory(prefix="report-qa-ablation-") as folder:
        lab = Lab(ingested(settings, Path(folder), corpus), load_embedder(settings))
        try:
            yield {f"{LEFT_OUT}{variant.name}": _search(lab, variant) for variant in VARIANTS if variant != FULL}
        finally:
            lab.close()


def _search(lab: Lab, variant: Variant) -> SearchFunction:
    documents = {row.report_id: Path(row.source).stem for row in lab.corpus.summaries.values()}

    def search(words: str, limit: int) -> list[FoundText]:
        hits = lab.search(words, variant, limit=limit)
        return [FoundText(documents[hit.passage.report_id], hit.passage.text) for hit in hits]

    return search


Cells = Mapping[tuple[str, str], Sequence[Found]]


def table(cells: Cells, variants: Sequence[Variant]) -> str:
    """Return a Markdown table, a row a variant: R@1 / R@5, for placed questions also all spans and a wrong first."""
    groups = list(dict.fromkeys(group for _, group in cells))
    lines = [
        f"| search | {' | '.join(NAMES.get(group, group) for group in groups)} |",
        "|---" * (1 + len(groups)) + "|",
    ]
    for variant in variants:
        row = [_cell(group, cells[variant.name, group]) for group in groups if (variant.name, group) in cells]
        lines.append(f"| {variant.name} | {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def _cell(group: str, rows: Sequence[Found]) -> str:
    first, five, every, wrong = (f"{share:.3f}" for share in figures_of(rows))
    return f"{first} / {five} / {every} / {wrong}" if group == PLACED else f"{first} / {five}"


def main() -> int:
    """Run every variant over every set and print the table."""
    options = arguments("What each signal of the search is worth.").parse_args()
    settings = Settings()
    embedder = load_embedder(settings)
    cells: dict[tuple[str, str], list[Found]] = {}
    for name in options.set or [*PASSAGE_SETS, PLACED]:
        with opened(name, options.shared, options.work, settings, embedder) as asked:
            chosen = list(zip(asked.groups, asked.items, strict=True))[:: 1 if name == PLACED else options.every]
            for variant in VARIANTS:
                sys.stderr.write(f"{name}: {variant.name}\n")
                for group, item in chosen:
                    cells.setdefault((variant.name, group), []).append(asked.run(item, variant))
    sys.stdout.write(table(cells, VARIANTS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
