"""Peers run in environments of their own; here a small script stands in for one."""

import json
import sys
import urllib.request

import numpy as np
import pytest

from eval.peers import running
from eval.peers.running import embedding_server, run_peer
from eval.run_retrieval import FoundText
from rag.errors import BadInputError

SCRIPT = """
import json, sys, urllib.request
task = json.load(sys.stdin)
def embedded(texts):
    body = json.dumps({"input": texts}).encode()
    with urllib.request.urlopen(urllib.request.Request(task["address"] + "/embeddings", data=body)) as response:
        return [row["embedding"] for row in json.load(response)["data"]]
passages = embedded(["passage: " + row["text"] for row in task["documents"]])
def ranked(question):
    (asked,) = embedded(["query: " + question])
    order = sorted(range(len(passages)), key=lambda i: -sum(a * b for a, b in zip(asked, passages[i])))
    return [[task["documents"][i]["document"], task["documents"][i]["text"]] for i in order]
json.dump({"peer": {question: ranked(question) for question in task["questions"]}}, sys.stdout)
"""


class FirstLetter:
    """A vector says whether a text begins with 甲; queries and passages differ in length, so that they can be told."""

    name, dimension = "first letter", 2

    def embed_query(self, text):
        return np.array([text.startswith("甲"), not text.startswith("甲")], np.float32)

    def embed_passages(self, texts, on_batch=None):
        return np.array([2 * self.embed_query(text) for text in texts], np.float32)


def posted(address, given):
    request = urllib.request.Request(f"{address}/embeddings", data=json.dumps({"input": given}).encode())
    with urllib.request.urlopen(request) as response:
        return [row["embedding"] for row in json.load(response)["data"]]


def test_the_model_is_served_as_openai_serves_its_own_and_the_prefix_tells_a_query_from_a_passage():
    with embedding_server(FirstLetter()) as address:
        assert posted(address, "query: 甲县") == [[1.0, 0.0]]
        assert posted(address, ["passage: 乙县", "passage: 甲县"]) == [[0.0, 2.0], [2.0, 0.0]]


@pytest.fixture
def peer(tmp_path, monkeypatch):
    def of(script):
        path = tmp_path / "peer.py"
        path.write_text(script, "utf-8")
        monkeypatch.setitem(running.SCRIPTS, "stand-in", path)
        documents = [FoundText("one", "甲县有路。"), FoundText("two", "乙县有桥。")]
        return run_peer("stand-in", sys.executable, documents, ["乙县有什么"], FirstLetter(), tokenizer="")

    return of


def test_what_a_peer_ranked_is_looked_up_as_a_search(peer):
    searches = peer(SCRIPT)
    assert [hit.document for hit in searches["peer"]("乙县有什么", 10)] == ["two", "one"]
    assert len(searches["peer"]("乙县有什么", 1)) == 1


def test_a_peer_that_fails_says_so_in_one_line(peer):
    with pytest.raises(BadInputError, match="No module named 'absent'"):
        peer("import absent")


def test_an_unknown_peer_is_refused_by_name():
    with pytest.raises(BadInputError, match="haiku-rag"):
        run_peer("nobody", sys.executable, [], [], FirstLetter(), tokenizer="")
