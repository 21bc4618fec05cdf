"""A real model: llama.cpp in this process and its own OpenAI-compatible server; needs REPORT_QA_TEST_GGUF."""

import os
import re
from pathlib import Path

import pytest

from rag.answering.chat import Message
from rag.answering.llm import load_chat_model
from rag.answering.local_llm import LocalModel
from rag.bootstrap import open_service
from rag.config import Settings
from rag.errors import ProviderError
from tests.rag.scripted import OPEN_FOLLOW_UP, OPEN_HISTORY

GGUF = os.environ.get("REPORT_QA_TEST_GGUF", "")
SAMPLES = Path(__file__).parents[3] / "samples"
MESSAGES = (
    Message("system", "只根据证据用一句话回答。"),
    Message("user", "<证据>\n[1] 青岚县 · 2031年：粮食产量101.5万吨。\n</证据>\n问题：青岚县2031年粮食产量是多少？"),
)

pytestmark = [
    pytest.mark.llm,
    pytest.mark.skipif(not GGUF, reason="REPORT_QA_TEST_GGUF names no GGUF file; make test-llm fetches one"),
]


@pytest.fixture(scope="module")
def model():
    model = LocalModel(GGUF, timeout_seconds=240, max_tokens=60)
    yield model
    model.close()


@pytest.fixture(scope="module")
def service(model, tmp_path_factory, models_dir):
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir)
    service = open_service(settings, chat_model=model)
    service.ingest([SAMPLES])
    yield service
    service.close()


def test_the_model_answers_from_evidence_in_process(model):
    pieces = list(model.stream(MESSAGES))
    assert "101.5" in "".join(piece.text for piece in pieces)
    assert sum(piece.tokens_in for piece in pieces) > 20
    assert sum(piece.tokens_out for piece in pieces) > 5


def test_a_grammar_keeps_the_model_to_its_form(model):
    reply = "".join(piece.text for piece in model.stream(MESSAGES, grammar='root ::= "甲" | "乙"'))
    assert reply in ("甲", "乙")


def test_a_bad_grammar_is_a_provider_error(model):
    with pytest.raises(ProviderError):
        list(model.stream(MESSAGES, grammar="root ::= ((("))


def test_closing_the_stream_frees_the_model_for_the_next_reply(model):
    stream = model.stream((Message("user", "从一数到一千，用汉字，每个数一行。"),))
    while not next(stream).text:
        pass
    stream.close()
    assert "".join(piece.text for piece in model.stream(MESSAGES, grammar='root ::= "甲"')) == "甲"


def test_its_own_server_answers_through_the_openai_client(model):
    settings = Settings(
        llm="openai:local",
        llm_base_url=f"{model.address}/v1",
        llm_api_key=model.key,
        llm_timeout_seconds=240,
        llm_max_tokens=40,
    )
    pieces = list(load_chat_model(settings).stream(MESSAGES))
    assert "101.5" in "".join(piece.text for piece in pieces)
    assert sum(piece.tokens_in for piece in pieces) > 20


def test_its_own_server_asks_for_the_key(model):
    settings = Settings(llm="openai:local", llm_base_url=f"{model.address}/v1", llm_api_key="wrong")
    with pytest.raises(ProviderError, match="did not accept the key"):
        list(load_chat_model(settings).stream(MESSAGES))


def test_a_file_that_is_no_model_is_a_provider_error(tmp_path):
    path = tmp_path / "none.gguf"
    path.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(ProviderError, match="whole GGUF file"):
        list(LocalModel(str(path), timeout_seconds=5, max_tokens=5).stream(MESSAGES))


@pytest.mark.parametrize("question", ["云汀县2022年规模以上工业企业新增多少家？", "2023年云汀要新增公共停车位多少个？"])
def test_what_it_writes_about_the_samples_is_borne_by_them(service, question):
    answer = service.ask(question)
    assert answer.status == "answered"
    assert re.search(r"\[1\]", answer.text)
    assert all(service.text(row.report_id)[row.start : row.end] == row.quote for row in answer.citations)


def test_a_follow_up_it_completes_says_nothing_the_dialogue_did_not(service):
    answer = service.ask(OPEN_FOLLOW_UP, history=OPEN_HISTORY)
    said = OPEN_FOLLOW_UP + OPEN_HISTORY[0].question + OPEN_HISTORY[0].answer
    assert "standalone.zh" in answer.prompt_hashes
    assert answer.tokens_in > 100
    assert set(answer.understood.places) <= {"云汀县", "澄岚市"}
    assert set(re.findall(r"\d+", answer.understood.standalone)) <= set(re.findall(r"\d+", said))
