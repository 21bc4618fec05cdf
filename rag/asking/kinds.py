"""What sort of answer a question wants, in which unit, and whether a result or a target."""

from __future__ import annotations

import re

from rag.asking.question import Ask, Kind
from rag.asking.words import WordLists, word_lists
from rag.types import Reading

CLAUSE = re.compile(
    r"[？?；;！!。\n]+|[，,](?=[^，,]{0,24}(?:多[少大高长远宽深久]|几|哪|谁|什么|何|怎))"
    r"|\band (?=which|what|how|who|when)"
)
SLOGAN = re.compile(r"[“「『‘\"](?!十?[一二三四五六七八九十]五[”」』’\"])[^”」』’\"]{1,20}[”」』’\"]")
ONE_NAMED = re.compile("的是哪一?[家个所座位条支项]")
HIDDEN = "“”"
COUNTED_SLOGAN = re.compile(r"(?:[一两三四五六七八九十](?![一二两三四五六七八九十百千万亿个年月日季点])[一-鿿]){2,4}")
CHANGE = re.compile(r"(增加|提高|提升|减少|下降|降低|增长|上升|扩大|缩减)(了)?(多少|几)")
STRONG_DIFFERENCE = re.compile(r"比|差|还剩|剩下|剩余|\bthan\b|\bdifference\b|\bgap\b|\bby how\b", re.IGNORECASE)
SPAN_OF_YEARS = re.compile(r"年(里|来|间|中|内)|(过去|近).{1,3}年|从.{2,12}到|\bfrom\b.*\bto\b", re.IGNORECASE)
EXCESS = re.compile(
    r"(?:(?<![提升])高|(?<!降)低|多|(?<!减)少|(?<!扩)大|(?<!缩)小|(?<!加)快|慢)(?:出|了|出了)?(?:多少|几)"
)
EACH_PLACE = re.compile(r"各(市|县|地|省|区)")
DURATION = re.compile(
    r"多久|多长时间|几个月|几个?(天|(?<!月几)日|工作日)"
    r"|how long (?:does|do|did|will|would|has|have|until|before|it)|how soon",
    re.IGNORECASE,
)
SURPLUS = re.compile(r"比[^，。？]{1,24}(多|少|高|低|大|小)(出|了)?(多少|几)")
COUNTED = r"(?:个(?!百分)|位|家|座|条|所|项|种|类|处|件|方面|名|大|本|届|部|支|字|型|者|点|块|方|句|[一-鿿]{1,3})"
WHICH_COUNT = re.compile(rf"(?:哪|什么)(?P<n>十[一二]?|[一二两三四五六七八九]|\d{{1,2}}){COUNTED}")
NOUN_COUNT = re.compile(
    r"(?P<n>十[一二]?|[二两三四五六七八九]|\d{1,2})(?:项|条|个|座|家|种|位|所|类|处|大|张|块|句)[^，,。？?]{0,14}(?:叫|是|指|有|分别[^，,。？?]{0,4})[^，,。？?]{0,4}(?:什么|哪)"
)
ENGLISH_COUNT = re.compile(
    r"\b(?:which|what|the|name|list)\s+(?P<n>two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\b", re.IGNORECASE
)
TOTAL = re.compile(r"一共|总共|共计|总计|\btotal\b")
ENGLISH_PHRASE_END = (
    "of|in|on|at|by|for|from|to|with|per|than|that|who|which|did|does|do|has|have|had|is|are|was|were|be|been"
    "|will|would|shall|should|must|can|could|may|might"
)
ENGLISH_COUNTED = re.compile(
    rf"\bhow (?:many|much)(?P<counted>(?: (?!(?:{ENGLISH_PHRASE_END})\b)[\w,'’-]+){{1,6}})", re.IGNORECASE
)
AGAINST_PLAN = re.compile(r"[比较](计划|目标|预期|任务)")
LETTERS = re.compile(r"哪[^，。？]{1,3}字")
BY_WHOM = re.compile(r"由谁|靠谁|归谁")


def split_asks(text: str) -> list[str]:
    """Split folded ``text`` into interrogative clauses, in order; what asks nothing stays with a clause beside it."""
    pieces: list[str] = []
    last = 0
    for match in CLAUSE.finditer(text):
        pieces.append(text[last : match.start()])
        last = match.end()
    pieces.append(text[last:])
    merged: list[str] = []
    for piece in pieces:
        if merged and piece.strip() and not (interrogates(merged[-1]) and interrogates(piece)):
            merged[-1] += "，" + piece
        elif piece.strip():
            merged.append(piece)
    return [piece.strip() for piece in merged if piece.strip()] or [text]


def interrogates(text: str) -> bool:
    """Tell whether folded ``text`` holds a question word."""
    patterns = word_lists().patterns
    names = ("figure", "date", "person", "list", "definition", "yes_no", "place")
    return any(patterns[name].search(text) for name in names) or re.search(r"什么|哪|怎|\bwh|\bhow\b", text) is not None


def find_kind(text: str, *, cells: int, scoped: bool, parts: int = 0) -> Kind:
    """Decide the kind of the folded question or clause ``text``.

    ``cells`` is how many (place, year) cells the question spans, ``parts`` how many coordinated things it names;
    ``scoped`` tells whether it names a place.
    """
    patterns = word_lists().patterns
    if kind := _collection(text, patterns):
        return kind
    if kind := _computed(SLOGAN.sub(HIDDEN, text), patterns, cells, scoped=scoped, parts=parts):
        return kind
    return _simple(text, patterns, scoped=scoped)


def _collection(text: str, patterns: dict[str, re.Pattern[str]]) -> Kind | None:
    if patterns["count_reports"].search(text):
        return Kind.COUNT_REPORTS
    return Kind.COLLECTION if patterns["collection"].search(text) else None


def _computed(text: str, patterns: dict[str, re.Pattern[str]], cells: int, *, scoped: bool, parts: int) -> Kind | None:
    if patterns["sum"].search(text) and not SURPLUS.search(text):
        return Kind.SUM
    if max(cells, parts) > 1 and TOTAL.search(text):
        return Kind.SUM
    weighed = STRONG_DIFFERENCE.search(text) or SPAN_OF_YEARS.search(text) or (parts > 1 and EXCESS.search(text))
    if patterns["difference"].search(text) and (weighed or cells > 1):
        return Kind.DIFFERENCE
    several = max(cells, parts) > 1 or not scoped
    if patterns["ranking"].search(text) and (several or EACH_PLACE.search(text)):
        return Kind.RANKING
    if patterns["comparison"].search(text) and (several or re.search(r"相比|compared", text)):
        return Kind.COMPARISON
    return None


def _simple(text: str, patterns: dict[str, re.Pattern[str]], *, scoped: bool) -> Kind:
    if patterns["definition"].search(text) and not patterns["date"].search(text):
        return Kind.DEFINITION
    if patterns["date"].search(text):
        return Kind.DATE
    if patterns["figure"].search(text) and not _counts_a_list(text):
        return Kind.FIGURE
    if patterns["person"].search(text) and not BY_WHOM.search(text):
        return Kind.PERSON
    if patterns["place"].search(text) and not scoped:
        return Kind.PLACE
    if (
        (SLOGAN.search(text) or COUNTED_SLOGAN.search(text))
        and not ONE_NAMED.search(text)
        and not re.search(r"哪[^，。？]{0,3}字", text)
        and re.search(r"(是|具体|包括|指)[^，。？]{0,4}(哪|什么)", text)
    ):
        return Kind.DEFINITION
    if patterns["yes_no"].search(text) and not re.search(r"哪|什么|谁|\bwh", text):
        return Kind.YES_NO
    several = patterns["list"].search(text) or find_count(text)
    return Kind.LIST if several and not LETTERS.search(text) else Kind.FACT


def _counts_a_list(text: str) -> bool:
    """Tell whether 几 only counts what is to be listed (哪几家)."""
    return re.search(r"哪几", text) is not None and re.search(r"多少|百分之几", text) is None


def make_asks(text: str, *, cells: int, scoped: bool) -> tuple[Ask, ...]:
    """Split folded ``text`` into clauses, each with its own kind and units."""
    return tuple(
        Ask(clause, find_kind(clause, cells=cells, scoped=scoped), find_units(clause)) for clause in split_asks(text)
    )


def find_units(text: str) -> tuple[str, ...]:
    """Return the units an answer may have, in the question's order: ``find_units("多少万亩") == ("万亩",)``."""
    words = word_lists()
    found = [_unit(match, words) for match in amount_pattern(words).finditer(text)]
    if words.patterns["percent"].search(text) and "个百分点" not in found:
        found.append("%")
    found.extend(words.english_units[match] for match in _english_counted(text, words))
    if words.patterns["money"].search(text) and not any(unit for unit in found if unit != "亿"):
        found.append("元")
    if words.patterns["people"].search(text) and not any(found):
        found.append("人")
    if DURATION.search(text):
        found.extend(("天", "日", "个月", "年", "工作日", "小时"))
    if not any(found):
        found.extend(unit for noun, unit in words.noun_units.items() if noun in text)
    return tuple(dict.fromkeys(unit for unit in found if unit))


def amount_pattern(words: WordLists) -> re.Pattern[str]:
    """Return the pattern of 多少/几 with its scale and measure word (groups "scale" and "unit")."""
    number = rf"(?:百分之(?:多少|几)|(?<!哪)(?:多少|几(?!月))(?P<scale>{words.scales})?(?P<unit>{words.measures})?)"
    return re.compile(rf"(?:大概|大约|总共|一共|(?<![签条合])约|(?<!公)共)?{number}")


def _unit(match: re.Match[str], words: WordLists) -> str:
    if match[0].startswith("百分之"):
        return "%"
    scale, unit = match["scale"] or "", match["unit"] or ""
    unit = {"钱": "元", "块钱": "元", "百分点": "个百分点", "度电": "千瓦时"}.get(unit, unit)
    return (scale if scale in ("万", "亿", "万亿") else "") + unit


def _english_counted(text: str, words: WordLists) -> list[str]:
    """Return the last word of the phrase after "how many" that names a unit: how many poor rural *households* did…."""
    match = ENGLISH_COUNTED.search(text)
    if not match:
        return []
    tail = match["counted"].lower()
    found = [(match.end(), word) for word in words.english_units if (match := re.search(rf"\b{word}\b", tail))]
    return [word for _, word in sorted(found, key=lambda row: (-row[0], -len(row[1])))[:1]]


def find_count(text: str) -> int | None:
    """Return how many items the question asks for ("哪三项", "which two"), None when it does not say."""
    counts = word_lists().counts
    for pattern in (WHICH_COUNT, NOUN_COUNT, ENGLISH_COUNT):
        for match in pattern.finditer(text):
            number = match["n"].lower()
            count = int(number) if number.isdigit() else counts.get(number, 1)
            if count > 1:
                return count
    return None


def find_reading(text: str) -> tuple[Reading, bool]:
    """Tell whether the folded question wants a result, a target or a longer goal, and whether that is certain."""
    words = word_lists().patterns
    target, result = words["target"].search(AGAINST_PLAN.sub("", text)), words["result"].search(text)
    if words["plan"].search(text) and not (result and not target):
        return Reading.PLAN, True
    if target and not result:
        return Reading.TARGET, True
    if result and not target:
        return Reading.RESULT, True
    if target and result:
        return Reading.UNKNOWN, False
    return (Reading.TARGET, False) if words["weak_target"].search(text) else (Reading.UNKNOWN, False)
