"""What a model's work on one question cost and how it went."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.answering.support import Problem


@dataclass(slots=True)
class Account:
    """Filled in while the model works: on the question, where a follow-up is completed, then on the reply.

    ``problems`` are those of the last try; ``failure`` is the provider's, in our words; both empty when all went well.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    repairs: int = 0
    problems: tuple[Problem, ...] = ()
    failure: str = ""
    prompts: dict[str, str] = field(default_factory=dict)
