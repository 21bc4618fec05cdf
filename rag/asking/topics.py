"""The content words of a question: what remains without places, years, question words and grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.asking.areas import QUOTED
from rag.asking.kinds import COUNTED_SLOGAN, amount_pattern
from rag.asking.words import WordLists, word_lists

MASK = "\x00"
LATIN = re.compile(r"\d[\d.,]*(?:%|[a-z][a-z0-9-]*)?|[a-z][a-z0-9&/'’-]*", re.IGNORECASE)
HAN = re.compile(r"[一-鿿]")
OPENING = frozenset('“「『‘"《')
BREAK = re.compile(r"[\s，。？！；：、,?!;:()（）“”\"「」『』‘’《》【】\x00]")
COUNT_WORD = "[一二两三四五六七八九十几]"
DEGREE_ALONE = re.compile(r"[更较最]?[多少高低大小快慢强](?:出|了|些|一些|一点)?")
DEGREE = re.compile(r"(?:(?:(?<!增)长|[涨降跌走])?得|更|较|最)?[多少高低大小快慢]{1,2}(?:出|些|一些|一点|了)?$")
PACE = re.compile(r"[快慢](?:些|一些|一点)?$")
GROWTH = re.compile(r"增长|增速|增幅|涨幅|降幅|下降|速度")
SECTORS = frozenset({"城镇", "城市", "农村", "乡村", "城乡"})
TOGETHER = "一共|总共|共计?|合|加|总|拢共|相加|之和|分别|各"
JOINTS = frozenset({"、", "和", "与", "及", "以及", "跟", "同", "或"})


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the question: a content phrase or a separator (a word without content, a mark, a mask)."""

    start: int
    end: int
    text: str
    content: bool


@dataclass(frozen=True, slots=True)
class Words:
    """The content words of a question: ``terms`` in order, what they are joined, the one asked about, its parts."""

    terms: tuple[str, ...]
    topic: str
    focus: str
    parts: tuple[str, ...]
    indicators: tuple[str, ...]
    query: str


def without_degrees(words: Words) -> Words:
    """Leave out what only says in which respect things are weighed (涨得快, 多出), a pace told as growth."""
    stems = filter(None, map(_without_degree, words.terms))
    terms = tuple(dict.fromkeys(term for term in stems if len(term) > 1 or not HAN.match(term)))
    parts = tuple(filter(None, map(_without_degree, words.parts)))
    joint = "" if HAN.search(words.topic) else " "
    return replace(words, terms=terms or words.terms, topic=joint.join(terms) or words.topic, parts=parts)


def with_shared_head(words: Words) -> Words:
    """Give each of coordinated modifiers the head that stands once (市级和县级重点项目: 市级重点项目)."""
    if not words.parts:
        return words
    *others, last = words.parts
    headed = {part: part + last[len(part) :] for part in others if _modifies(part, last)}
    parts, terms = (tuple(headed.get(word, word) for word in row) for row in (words.parts, words.terms))
    return replace(words, parts=parts, terms=terms)


def _modifies(part: str, last: str) -> bool:
    """Say whether ``part`` is a modifier of the kind that ``last`` begins with before a head of its own."""
    beginning, head = last[: len(part)], last[len(part) :]
    alike = part[-1] == beginning[-1] or {part, beginning} <= SECTORS
    return len(part) <= 3 and len(head) > 1 and part != beginning and alike


def _without_degree(term: str) -> str:
    if DEGREE_ALONE.fullmatch(term):
        return ""
    stem = DEGREE.sub("", term)
    pace = "增长" if PACE.search(term) and not GROWTH.search(stem) else ""
    return stem + pace or term


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Replace the spans by a mark of the same length, so that offsets stay."""
    masked = list(text)
    for start, end in spans:
        masked[start:end] = MASK * (end - start)
    return "".join(masked)


def tokenize(masked: str, terms: Iterable[tuple[int, int]] = ()) -> list[Token]:
    """Cut a masked, folded Chinese question into content phrases and separators, in order.

    ``terms`` are the spans of known terms, which no separator cuts.
    """
    known = dict(terms)
    words = word_lists()
    asked = [match.span() for match in amount_pattern(words).finditer(masked)]
    asked += [match.span() for match in _pointer_pattern(words.measures).finditer(masked)]
    quotes = [match.span() for match in QUOTED.finditer(masked)]
    text = mask(masked, [span for span in asked if not any(a < span[0] and span[1] < b for a, b in quotes)])
    tokens: list[Token] = []
    start = position = 0
    while position < len(text):
        length, separates = _step(text, position, words, known)
        quoted = text[position] in OPENING and length > 1
        if separates or quoted:
            _close(tokens, text, start, position)
            word = text[position + 1 : position + length - 1] if quoted else masked[position : position + length]
            tokens.append(Token(position, position + length, word, content=quoted))
            start = position + length
        position += length
    _close(tokens, text, start, len(text))
    return tokens


def _pointer_pattern(measures: str) -> re.Pattern[str]:
    """Match 哪三个地方, 那座, 每家: a pointing word with its number and measure word."""
    places = "地方|地区|县市|县|市|省份|省|城市"
    return re.compile(
        rf"(?:[哪那这]|几(?!月)){COUNT_WORD}*些?(?:{measures})?(?:{places})?"
        rf"|(?:两|三|四|五|每|各)(?:(?:个|家|位|座)(?:{places})?|[省市县地者](?![一-鿿]{{0,1}}级))"
        rf"|[两三四五六](?:项|者|笔|样|类)(?={TOGETHER})"
        r"|[两三四五六](?:份|篇)(?=(?:政府)?(?:工作)?报告)"
    )


def _step(text: str, position: int, words: WordLists, known: dict[int, int]) -> tuple[int, bool]:
    if quoted := QUOTED.match(text, position):
        return len(quoted[0]), False
    if BREAK.match(text[position]):
        return 1, True
    if position in known and MASK not in (term := text[position : known[position]]):
        return len(term), (term, True) in words.scanner.get(term[0], ())
    if latin := LATIN.match(text, position):
        return len(latin[0]), False
    for word, separates in words.scanner.get(text[position], ()):
        if text.startswith(word, position):
            return len(word), separates
    return 1, False


def _close(tokens: list[Token], text: str, start: int, end: int) -> None:
    if end > start:
        tokens.append(Token(start, end, text[start:end], content=True))


def find_terms(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Return the content phrases in order, without repetition; single Han characters only between longer ones."""
    phrases = [token.text.replace(MASK, "") for token in tokens if token.content]
    return tuple(dict.fromkeys(phrase for phrase in phrases if len(phrase) > 1 or not HAN.match(phrase)))


def find_parts(tokens: list[Token]) -> tuple[str, ...]:
    """Return the longest chain of phrases joined by 、 or 和 and the like; empty below two."""
    best: list[str] = []
    chain: list[str] = []
    joined = True
    for token in tokens:
        if token.content:
            chain = [*chain, token.text] if joined else [token.text]
            joined = False
            best = max(best, chain, key=len)
        elif token.text in JOINTS:
            joined = True
        elif not (token.text in ("的", "“", "”") and chain):
            joined, chain = False, []
    return tuple(best) if len(best) > 1 else ()


def find_focus(masked: str, tokens: list[Token]) -> str:
    """Return the phrase next to the first question word: right after 多少家, else the last one before it."""
    phrases = [token for token in tokens if token.content]
    asked = amount_pattern(word_lists()).search(masked) or re.search(r"什么|哪\S?|谁|何时", masked)
    if not asked or not phrases:
        return phrases[-1].text if phrases else ""
    after = [token.text for token in phrases if asked.end() <= token.start <= asked.end() + 1]
    before = [token.text for token in phrases if token.end <= asked.start()]
    return (after or before[-1:] or [phrases[0].text])[0]


def find_quoted(text: str) -> tuple[str, ...]:
    """Return what stands between quotation marks or book title marks, then slogans that count twice (四横四纵)."""
    quoted = [match[1] for match in QUOTED.finditer(text)]
    bare = (match[0] for match in COUNTED_SLOGAN.finditer(QUOTED.sub(" ", text)))
    return tuple(dict.fromkeys((*quoted, *bare)))


def english_terms(masked: str, *, skip: frozenset[str]) -> tuple[str, ...]:
    """Return the words of an English question that carry content, in order and in lower case."""
    plain = masked.replace("-", " ")
    words = (match[0].lower().removesuffix("'s").removesuffix("’s") for match in LATIN.finditer(plain))
    return tuple(dict.fromkeys(word for word in words if word not in skip and (len(word) > 1 or word.isdigit())))
