"""What clients may send. Lengths that settings decide are checked by the service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rag.types import Scope, Turn

MAX_TURNS = 50
MAX_MESSAGES = 2_000
MAX_ANSWER_CHARS = 20_000
MAX_SCOPE_ITEMS = 1_000
MAX_CITATIONS = 100


def _whole(text: str) -> str:
    """Refuse half characters, which JSON can spell but no text has."""
    if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        raise ValueError("the text has half a surrogate pair, which is no character")
    return text


Words = Annotated[str, AfterValidator(_whole)]
Text = Annotated[Words, Field(max_length=MAX_ANSWER_CHARS)]
Name = Annotated[Words, Field(min_length=1, max_length=200)]
UploadKey = Annotated[
    str,
    Field(
        max_length=255,
        pattern=r"^[!-~]*$",
        description="Names this upload: sent again with the same file, it is the same job; with another, a problem.",
    ),
]
Year = Annotated[int, Field(ge=1000, le=9999)]


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt scope must not widen the question."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class TurnIn(Strict):
    """An earlier question and its answer."""

    question: Text
    """What was asked."""
    answer: Text
    """What was answered, markers and all."""


class ScopeIn(Strict):
    """A hard limit on what may be cited."""

    places: list[Name] = Field(default=[], max_length=MAX_SCOPE_ITEMS)
    """Only reports of these places."""
    years: list[Year] = Field(default=[], max_length=MAX_SCOPE_ITEMS)
    """Only what is said of these years."""
    report_ids: list[Name] = Field(default=[], max_length=MAX_SCOPE_ITEMS)
    """Only these reports."""

    def to_scope(self) -> Scope:
        """Return the domain's value."""
        return Scope(tuple(self.places), tuple(self.years), tuple(self.report_ids))


class AskIn(Strict):
    """A question, what was said before (oldest first), where to look, and how many citations at most."""

    question: Words
    """The question as it was asked, in any language; it may lean on the history."""
    history: list[TurnIn] = Field(default=[], max_length=MAX_TURNS)
    """The turns before it, oldest first."""
    scope: ScopeIn | None = None
    """Where to look; everywhere unless given."""
    limit: int | None = Field(default=None, ge=1, le=MAX_CITATIONS)
    """How many citations at most: later statements are left out, the first stays whole."""

    def turns(self) -> tuple[Turn, ...]:
        """Return the history as the domain's values."""
        return tuple(Turn(turn.question, turn.answer) for turn in self.history)

    def to_scope(self) -> Scope:
        """Return the scope; one that limits nothing when none was given."""
        return self.scope.to_scope() if self.scope else Scope()


class CitedIn(Strict):
    """Words an answer cited."""

    source: Name
    """The report's file."""
    quote: Words = Field(max_length=1_000)
    """The words."""


class FeedbackIn(Strict):
    """What a reader thinks of an answer; what was asked, answered and cited lets it become a gold question."""

    id: Name
    """The answer's `id`."""
    rating: Literal["up", "down"]
    """Whether it helped."""
    comment: Words = Field(default="", max_length=2_000)
    """Why, in the reader's words."""
    question: Words = Field(default="", max_length=2_000)
    """What was asked."""
    answer: Text = ""
    """What was answered."""
    status: Literal["", "answered", "not_found"] = ""
    """The answer's `status`."""
    citations: list[CitedIn] = Field(default=[], max_length=MAX_CITATIONS)
    """What the answer cited."""
    places: list[Name] = Field(default=[], max_length=MAX_SCOPE_ITEMS)
    """The places the question was understood to mean."""
    years: list[Year] = Field(default=[], max_length=MAX_SCOPE_ITEMS)
    """The years it was understood to mean."""
    history: list[TurnIn] = Field(default=[], max_length=MAX_TURNS)
    """Earlier questions and answers, oldest first."""


class Open(BaseModel):
    """Unknown keys are left alone: OpenAI's clients send many."""

    model_config = ConfigDict(strict=True, use_attribute_docstrings=True)


class PartIn(Open):
    """A part of a message; only those of the type text are read."""

    type: str
    """`text`, or something that is left out."""
    text: Words = ""
    """The words of the part."""


class MessageIn(Open):
    """A message of an OpenAI-compatible conversation."""

    role: str
    """`user` and `assistant` make the conversation; `system` says how to write; others are left out."""
    content: Words | list[PartIn] | None = None
    """Text, or a list of parts."""

    def text(self) -> str:
        """Return the words; parts that are not text are left out."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content or () if part.type == "text")


class StreamOptionsIn(Open):
    """What a stream of chunks holds besides the answer."""

    include_usage: bool | None = False
    """Whether a last chunk tells the tokens used."""


class CompletionIn(Open):
    """A request to ``/v1/chat/completions``; what only a language model could heed is ignored."""

    model: str = "report-qa"
    """There is one; any name is taken."""
    messages: list[MessageIn] = Field(min_length=1, max_length=MAX_MESSAGES)
    """The conversation, oldest first; the last message is the question."""
    stream: bool | None = False
    """Whether to send the answer in chunks."""
    stream_options: StreamOptionsIn | None = None
    """What else to send in chunks."""

    @property
    def with_usage(self) -> bool:
        """Whether the last chunk tells the tokens used."""
        return bool(self.stream_options and self.stream_options.include_usage)
