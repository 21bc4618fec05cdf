"""Whether a question asks what a term is, and whether words define a term or only use it."""

from __future__ import annotations

import re

from rag.asking.question import Question
from rag.folding import fold
from rag.reading.note_forms import QUOTE_MARKS

NAME = "\N{OBJECT REPLACEMENT CHARACTER}"
NOUN = "(?P<noun>[^,;。?]{0,6}?)"
LIGHT = "(?:的|这(?:个|一)?|一?词|提法|说法|概念|具体|分别|各|都|主要|到底|究竟)*"
MEANS = "(?:是)?(?:什么|啥|何|怎么)(?:意思|含义|概念|东西)|何意|含义|内涵|意思|(?:怎么|如何|怎样)(?:解释|理解)"
STANDS_FOR = "(?:是|指|指的是|是指|代表|包括|包含|有|涵盖)(?:了)?(?:什么|啥|哪(?P<what>[^,;。?]{0,10}))"
AFTER_NAME = re.compile(f"{NAME}{NOUN}{LIGHT}(?:{MEANS}|{STANDS_FOR})[呢吗啊]?(?=[,;。?!]|$)")
EXPLAIN = "什么(?:是|叫)|啥(?:是|叫)|何谓|何为|(?:怎么|如何|怎样)(?:解释|理解)|解释(?:一下)?"
BEFORE_NAME = re.compile(f"(?:{EXPLAIN})[^,;。?]{{0,20}}?{NAME}{NOUN}{LIGHT}(?=[,;。?!]|$)")
COUNTED = re.compile("^[一二两三四五六七八九十几些\\d]*(?:个|大|项|条|种|类|方面|内容)*(?:方面|内容)?")
PARTS = re.compile(
    "(?P<parts>(?:[^,;。?、和与的中里]{1,6}[、和与])*[^,;。?、和与的中里]{1,6}?)的?(?:各自|各|分别|都|具体)+(?:是|指|代表)(?:的是)?(?:什么|啥|哪)"
)
LINKS = re.compile("[和与、的个两二三四五六七八九十]|这")
FOLLOWS = "就是|即|是指|指的是|意为|意思是|包括|是|指|--|:"
ASKING = re.compile("意思|含义|概念|内涵|解释|理解|指|代表|东西")
NUMERAL = "一二三四五六七八九十"
ITEM = re.compile("、|以及|和|与|及")


def asks_what_is(question: Question, name: str, *, counted: str = "", noun: bool = False) -> bool:
    """Say whether a Chinese question asks what a bare name is: what it means, or which things it counts.

    哪… must ask for what ``counted`` names (哪三个, 哪些企业 of 四上企业, not 哪些成效); ``noun`` lets a noun follow.
    """
    hidden = bare(question.standalone).replace(name, NAME)
    for match in (AFTER_NAME.search(hidden), BEFORE_NAME.search(hidden)):
        what = (match.groupdict().get("what") or "") if match else ""
        if match and (noun or not match["noun"]) and COUNTED.sub("", what, count=1) in counted:
            return True
    return False


def terms_to_define(question: Question) -> list[str]:
    """Return the bare terms a question wants defined: those in quotation marks, else the only one it names."""
    quoted = [name for name in map(bare, question.quoted) if len(name) > 1]
    terms = [term for term in map(bare, question.terms) if not ASKING.fullmatch(term)]
    asked = quoted or (terms if len(terms) == 1 else [])
    return [
        name for name in asked if asks_what_is(question, name, counted=name, noun=True) or _asks_parts(question, name)
    ]


def _asks_parts(question: Question, name: str) -> bool:
    """Say whether a question asks what the parts of a name are: 3和2各是什么 of 3+2, 三个链分别指什么 of 三链."""
    match = PARTS.search(bare(question.standalone).replace(name, NAME))
    parts = LINKS.sub("", match["parts"]) if match else ""
    return bool(parts) and all(character in name for character in parts)


def uses(words: str, term: str) -> bool:
    """Say whether a bare term stands in ``words``."""
    return term in bare(words)


def defines(words: str, term: str) -> bool:
    """Say whether ``words`` unfold a bare term.

    A defining word follows it, or a series whose items all share a character with it, or all it counts stands before.
    """
    words = bare(words)
    if re.search(rf"{re.escape(term)}[^,;。]{{0,6}}?(?:{FOLLOWS})", words):
        return True
    after = re.search(rf"{re.escape(term)},(?P<items>[^,;:。]*、[^,;:。]*)", words)
    if after and any(all(character in item for item in ITEM.split(after["items"])) for character in term):
        return True
    series = re.search(rf"(?P<items>[^,;:。]*、[^,;:。]*?){re.escape(term)}", words)
    return series is not None and _is_whole(series["items"], term)


def _is_whole(items: str, term: str) -> bool:
    """Say whether a series before a term is as long as the term's number says; without one it must end with 等."""
    numeral = next((character for character in term.replace("两", "二") if character in NUMERAL), "")
    return len(ITEM.split(items)) == NUMERAL.index(numeral) + 1 if numeral else items.endswith("等")


def bare(words: str) -> str:
    """Fold words for comparison and take their quotation marks away."""
    return fold(words).translate(QUOTE_MARKS)
