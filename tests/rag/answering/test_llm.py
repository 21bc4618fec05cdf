"""The adapter to language models: settings, providers over real HTTP, errors, retries, going away."""

import pytest

from rag.answering.chat import Message
from rag.answering.llm import LangChainModel, load_chat_model, model_options
from rag.config import Settings
from rag.errors import ConfigurationError, ProviderError
from tests.rag.provider_server import Provider, serving
from tests.rag.scripted import chat

MESSAGES = (Message("system", "只说证据里有的。"), Message("user", "粮食产量是多少？"))
PIECES = ("粮食产量", "101.5", "万吨。")


@pytest.fixture
def provider():
    with serving(Provider(PIECES)) as provider:
        yield provider


def opened(provider, name, **settings):
    base = provider.url + ("/v1" if name.startswith("openai") else "")
    model = load_chat_model(Settings(llm=name, llm_base_url=base, **{"llm_timeout_seconds": 5, **settings}))
    model._first_pause_seconds = 0.01
    return model


BOTH = pytest.mark.parametrize("name", ["openai:qwen-plus", "ollama:qwen3"])


@BOTH
def test_a_reply_streams_piece_by_piece_with_its_cost(provider, name):
    model = opened(provider, name)
    pieces = list(model.stream(MESSAGES))
    assert [piece.text for piece in pieces if piece.text] == list(PIECES)
    assert sum(piece.tokens_in for piece in pieces) == 21
    assert sum(piece.tokens_out for piece in pieces) == 3
    assert model.name == name
    model.close()


@BOTH
def test_the_messages_and_limits_reach_the_provider(provider, name):
    list(opened(provider, name, llm_max_tokens=77).stream(MESSAGES))
    request = provider.requests[0]
    assert [(row["role"], row["content"]) for row in request["messages"]] == [(row.role, row.text) for row in MESSAGES]
    limit = request["max_tokens"] if name.startswith("openai") else request["options"]["num_predict"]
    assert limit == 77
    assert request["stream"] is True


@BOTH
def test_the_key_goes_with_the_request(provider, name):
    list(opened(provider, name, llm_api_key="k-7").stream(MESSAGES))
    assert provider.headers[0]["authorization"] == "Bearer k-7"


def test_a_key_for_openai_is_not_shown_to_another_server(provider, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    list(opened(provider, "openai:qwen-plus").stream(MESSAGES))
    assert "sk-real" not in provider.headers[0]["authorization"]


@BOTH
def test_a_caller_that_goes_away_stops_the_provider(name):
    with serving(Provider(PIECES * 500, pause_seconds=0.005)) as provider:
        stream = opened(provider, name).stream(MESSAGES)
        while not next(stream).text:
            pass
        stream.close()
        assert provider.went_away.wait(5)
        assert provider.pieces_sent < 500


@BOTH
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_provider_is_asked_again(provider, name, status):
    provider.statuses[:] = [status, status]
    assert "".join(piece.text for piece in opened(provider, name).stream(MESSAGES)) == "".join(PIECES)
    assert len(provider.requests) == 3


@BOTH
@pytest.mark.parametrize(
    ("status", "words"), [(401, "did not accept the key"), (404, "does not know this model"), (400, "refused")]
)
def test_a_refusal_is_told_without_the_providers_words(provider, name, status, words):
    provider.statuses[:] = [status] * 3
    with pytest.raises(ProviderError, match=words) as raised:
        list(opened(provider, name).stream(MESSAGES))
    assert "sk-123" not in str(raised.value)
    assert len(provider.requests) == 1


@BOTH
def test_a_slow_provider_is_given_up(name):
    with (
        serving(Provider(PIECES * 100, pause_seconds=0.05)) as provider,
        pytest.raises(ProviderError, match=r"did not answer within 0\.3 s"),
    ):
        list(opened(provider, name, llm_timeout_seconds=0.3).stream(MESSAGES))


@BOTH
def test_a_provider_that_is_not_there_is_named(name):
    with serving(Provider()) as provider:
        pass
    with pytest.raises(ProviderError, match=f"{name} cannot be reached"):
        list(opened(provider, name).stream(MESSAGES))


def test_a_stream_that_breaks_is_not_begun_again():
    def breaks(messages):
        yield "粮食"
        raise ConnectionError

    adapter, model = chat(breaks)
    with pytest.raises(ProviderError):
        list(adapter.stream(MESSAGES))
    assert len(model.asked) == 1


def test_no_name_means_no_model():
    assert load_chat_model(Settings()) is None


@pytest.mark.parametrize("name", ["gpt-4o", "openai:", ":gpt-4o"])
def test_a_name_without_provider_or_model_is_a_configuration_error(name):
    with pytest.raises(ConfigurationError, match="provider:model"):
        load_chat_model(Settings(llm=name))


def test_a_missing_file_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigurationError, match="which is not there"):
        load_chat_model(Settings(llm=f"local:{tmp_path}/none.gguf"))


@pytest.mark.parametrize(("name", "package"), [("anthropic:claude", "langchain-anthropic"), ("nobody:x", "nobody")])
def test_a_provider_without_its_package_is_a_configuration_error(name, package):
    with pytest.raises(ConfigurationError, match=package):
        load_chat_model(Settings(llm=name))


def test_models_with_a_fixed_temperature_are_given_none():
    assert "temperature" not in model_options(Settings(llm="openai:gpt-5-mini"))
    assert model_options(Settings(llm="openai:gpt-4o"))["temperature"] == 0


def test_preparing_a_model_loads_nothing():
    model = load_chat_model(Settings(llm="openai:gpt-4o"))
    assert isinstance(model, LangChainModel)
    assert model._model is None
