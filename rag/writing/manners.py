"""What a written sentence must not add: judgements over facts, names, quotations and Latin words of its own."""

from __future__ import annotations

import re

from pypinyin import lazy_pinyin

from rag.answering.support import Problem, Support
from rag.folding import fold
from rag.places import Gazetteer
from rag.writing.subjects import HAN_PAIR
from rag.writing.words import pattern, patterns, words

QUOTATION = re.compile(r"[“「『《]([^”」』》]{2,30})[”」』》]")
LATIN = re.compile(r"[A-Za-z][A-Za-z-]+")
CAPITALISED = re.compile(r"(?<!^)\b[A-Z][A-Za-z'’-]+")
LINK = re.compile(r"https?:|www\.|\]\(|<[a-z/!]|`|@\w+\.|javascript:", re.IGNORECASE)
MIN_NEW_PAIRS = 4
MIN_NEW_SHARE = 0.5
MIN_SHARED_PAIRS = 2
MAX_NEW_RUN = 3


def check_manners(text: str, support: Support, *, question: str, language: str, gazetteer: Gazetteer) -> list[Problem]:
    """Return a problem for each thing of its own that a sentence says."""
    known = "\n".join((support.folded, support.context, fold(question)))
    problems = [*_judgements(text, support), *_names(text, known), *_quotations(text, known)]
    if language == "zh":
        return [*problems, *_latin(text, known), *_novelty(text, support, question)]
    return [*problems, *_english_names(text, known, gazetteer)]


def _judgements(text: str, support: Support) -> list[Problem]:
    found = {match.group() for match in pattern("comparative").finditer(fold(text))}
    return [
        Problem("judgement", word, "is not said in the quote") for word in sorted(found) if word not in support.folded
    ]


def _names(text: str, known: str) -> list[Problem]:
    found = {match["name"] for expression in patterns("named_after") for match in expression.finditer(fold(text))}
    return [Problem("name", name, "stands in no quote") for name in sorted(found) if name not in known]


def _quotations(text: str, known: str) -> list[Problem]:
    """Words in quotation marks stand in the quotes, spaces aside."""
    bare = re.sub(r"\s", "", known)
    found = [re.sub(r"\s", "", fold(match[1])) for match in QUOTATION.finditer(text)]
    has_han = [words for words in found if HAN_PAIR.search(words)]
    return [Problem("quotation", words, "stands in no quote") for words in has_han if words not in bare]


def _latin(text: str, known: str) -> list[Problem]:
    found = [fold(match.group()) for match in LATIN.finditer(text)]
    return [Problem("name", word, "stands in no quote") for word in found if word not in known]


def _novelty(text: str, support: Support, question: str) -> list[Problem]:
    """What a sentence says beyond the question is, at least by half, in its quotes' words; some of it is."""
    said = set(HAN_PAIR.findall(fold(text)))
    borne = set(HAN_PAIR.findall(support.folded))
    new = said - set(HAN_PAIR.findall(fold(question)))
    context = borne | set(HAN_PAIR.findall(support.context))
    if len(said) >= MIN_NEW_PAIRS and len(said & borne) < MIN_SHARED_PAIRS:
        return [Problem("wording", text, "has nothing of its quotes")]
    if len(new) >= MIN_NEW_PAIRS and len(new & context) < MIN_NEW_SHARE * len(new):
        return [Problem("wording", text, "says more than its quotes")]
    return _new_words(text, context | set(HAN_PAIR.findall(fold(question))))


def _new_words(text: str, known: set[str]) -> list[Problem]:
    """A stretch of three characters or more that is neither in the quotes nor a joining word may be a made-up name."""
    stretches = re.findall(r"[一-鿿]+", pattern("joining").sub(" ", fold(text)))
    problems = []
    for stretch in stretches:
        # A new word of n characters makes n + 1 new pairs within a stretch, one fewer at either end of it.
        pairs = ["1", *("0" if pair in known else "1" for pair in HAN_PAIR.findall(stretch)), "1"]
        if max(len(run) for run in "".join(pairs).split("0")) > MAX_NEW_RUN:
            problems.append(Problem("wording", stretch, "stands in no quote"))
    return problems


def _english_names(text: str, known: str, gazetteer: Gazetteer) -> list[Problem]:
    """Capitalised words are places (checked elsewhere), general words, or spell what the quotes write."""
    spelled = "".join(lazy_pinyin(known)).lower()
    places = {part.lower() for row in gazetteer.find_places(text) for part in LATIN.findall(row.text)}
    problems = []
    for match in CAPITALISED.finditer(text):
        word = re.sub(r"['’]s$", "", match.group()).lower()
        if word in words("latin") or word in places or word in known or word.replace("-", "") in spelled:
            continue
        problems.append(Problem("name", match.group(), "stands in no quote"))
    return problems
