"""Language models through LangChain's ``init_chat_model``: the only module that knows LangChain."""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rag.answering.chat import ChatModel, Message, Piece
from rag.answering.local_llm import LocalModel
from rag.config import Settings
from rag.errors import ConfigurationError, ProviderError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessageChunk

LOG = logging.getLogger(__name__)
PACKAGES = {
    "azure_openai": "langchain_openai",
    "bedrock": "langchain_aws",
    "bedrock_converse": "langchain_aws",
    "nvidia": "langchain_nvidia_ai_endpoints",
}
OUR_EXTRAS = frozenset({"langchain_openai", "langchain_ollama"})
LOCAL = "local"
RETRIES = 2
FIRST_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 8.0
TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
FIXED_TEMPERATURE = ("gpt-5", *(f"o{digit}" for digit in range(10)))
NO_KEY = "none"
REASONS = {
    400: "refused the request (400)",
    401: "did not accept the key (401); set REPORT_QA_LLM_API_KEY",
    403: "did not accept the key (403); set REPORT_QA_LLM_API_KEY",
    404: "does not know this model (404)",
    429: "allows no more requests for now (429)",
}


def load_chat_model(settings: Settings) -> ChatModel | None:
    """Prepare the model that ``settings.llm`` names; it is loaded when first asked. None where none is named.

    Raises:
        ConfigurationError: the name is not ``provider:model``, the provider's package is missing, or a GGUF file is
            not there.
    """
    if not settings.llm:
        return None
    provider, _, model = settings.llm.partition(":")
    if not provider or not model:
        raise ConfigurationError(
            f"setting REPORT_QA_LLM is {settings.llm!r}; write provider:model, as in openai:gpt-4o"
        )
    if provider == LOCAL:
        return LocalModel(model, timeout_seconds=settings.llm_timeout_seconds, max_tokens=settings.llm_max_tokens)
    _require(provider)
    return LangChainModel(settings.llm, model_options(settings), timeout_seconds=settings.llm_timeout_seconds)


def _require(provider: str) -> None:
    package = PACKAGES.get(provider, f"langchain_{provider}")
    if importlib.util.find_spec(package) is not None:
        return
    name = "'report-qa[llm]'" if package in OUR_EXTRAS else package.replace("_", "-")
    raise ConfigurationError(
        f"setting REPORT_QA_LLM: nothing here speaks to the provider {provider!r}; run: pip install {name}"
    )


def model_options(settings: Settings) -> dict[str, Any]:
    """Return the keyword arguments of ``init_chat_model`` in the words of the provider that is set."""
    provider, _, model = (settings.llm or "").partition(":")
    if provider == "ollama":
        return _ollama_options(settings)
    options: dict[str, Any] = {"timeout": settings.llm_timeout_seconds, "max_retries": 0}
    if not model.startswith(FIXED_TEMPERATURE):
        options["temperature"] = 0
    if settings.llm_base_url:
        options["base_url"] = settings.llm_base_url
    if settings.llm_api_key:
        options["api_key"] = settings.llm_api_key
    if provider != "openai":
        return options | {"max_tokens": settings.llm_max_tokens}
    options["stream_usage"] = True
    if not settings.llm_base_url:
        return options | {"max_tokens": settings.llm_max_tokens}
    # Compatible servers know max_tokens, not all know its new name; and a key for OpenAI is not theirs to see.
    options["extra_body"] = {"max_tokens": settings.llm_max_tokens}
    return {"api_key": NO_KEY} | options


def _ollama_options(settings: Settings) -> dict[str, Any]:
    client: dict[str, Any] = {"timeout": settings.llm_timeout_seconds}
    if settings.llm_api_key:
        client["headers"] = {"Authorization": f"Bearer {settings.llm_api_key}"}
    options = {"num_predict": settings.llm_max_tokens, "temperature": 0, "client_kwargs": client}
    return options | ({"base_url": settings.llm_base_url} if settings.llm_base_url else {})


class LangChainModel:
    """A chat model of any provider LangChain knows; safe to share between threads."""

    def __init__(
        self,
        name: str,
        options: dict[str, Any],
        *,
        timeout_seconds: float,
        model: BaseChatModel | None = None,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        """``model`` stands in for the one ``name`` and ``options`` describe."""
        self.name = name
        self._options = options
        self._timeout_seconds = timeout_seconds
        self._first_pause_seconds = first_pause_seconds
        self._model = model
        self._lock = threading.Lock()

    def close(self) -> None:
        """Forget the client; its connections go with it."""
        self._model = None

    def stream(self, messages: Sequence[Message], *, grammar: str = "") -> Generator[Piece, None, None]:
        """Reply piece by piece; a failure before the first piece is tried again where that may help.

        Raises:
            ProviderError: the provider cannot be reached, refuses, breaks off or takes longer than the time allowed;
                ``Replier`` then keeps what was verified, or lets the reader answer.
        """
        deadline = time.monotonic() + self._timeout_seconds
        for attempt in range(RETRIES + 1):
            began = False
            try:
                for piece in self._once(messages, deadline):
                    began = began or bool(piece.text)
                    yield piece
                return
            except ProviderError as error:
                pause = min(self._first_pause_seconds * 4**attempt, MAX_PAUSE_SECONDS)
                late = time.monotonic() + pause > deadline
                if began or late or attempt == RETRIES or not is_transient(error.__cause__):
                    raise
                LOG.warning("%s; trying again", error)
                time.sleep(pause)

    def _once(self, messages: Sequence[Message], deadline: float) -> Iterator[Piece]:
        try:
            for chunk in self._loaded().stream([(row.role, row.text) for row in messages]):
                if time.monotonic() > deadline:
                    raise TimeoutError
                yield _piece(chunk)
        # Each provider's package has its own errors; Exception is the only root they share.
        except Exception as error:
            LOG.warning("%s: %s: %.300s", self.name, type(error).__name__, error)
            raise ProviderError(f"{self.name} {self._reason(error)}") from error

    def _loaded(self) -> BaseChatModel:
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        provider, _, model = self.name.partition(":")
        loaded: BaseChatModel = init_chat_model(model, model_provider=provider, **self._options)
        return loaded

    def _reason(self, error: Exception) -> str:
        """Say what went wrong without the provider's own words, which may hold addresses or keys."""
        if status := status_of(error):
            return REASONS.get(status, f"failed ({status})")
        if is_timeout(error):
            return f"did not answer within {self._timeout_seconds:g} s"
        return "cannot be reached" if is_transient(error) else f"failed ({type(error).__name__})"


def _piece(chunk: BaseMessageChunk) -> Piece:
    usage = getattr(chunk, "usage_metadata", None) or {}
    return Piece(str(chunk.text), usage.get("input_tokens", 0), usage.get("output_tokens", 0))


def status_of(error: BaseException | None) -> int:
    """Return the HTTP status an error carries, 0 without one."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and status > 0 else 0


def is_timeout(error: BaseException | None) -> bool:
    """Tell whether a provider's error is about time; packages name theirs so."""
    return isinstance(error, TimeoutError) or "timeout" in type(error).__name__.lower()


def is_transient(error: BaseException | None) -> bool:
    """Tell whether trying again may help: the provider is busy or the connection failed."""
    if status := status_of(error):
        return status in TRANSIENT_STATUSES
    kinds = {kind.__name__ for kind in type(error).__mro__}
    names = {"ConnectionError", "APIConnectionError", "TransportError", "ConnectError"}
    return bool(kinds & names) and not is_timeout(error)
