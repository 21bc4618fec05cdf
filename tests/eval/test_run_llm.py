"""Which questions a language model is measured on, and that no model means no run."""

from eval.dataset import GoldQuestion
from eval.run_llm import choose, main


def question(name, *, answerable=True):
    return GoldQuestion(id=name, question=name, lang="zh", type="fact", answer="", answerable=answerable)


def test_every_unanswerable_question_and_every_third_other_one_is_chosen():
    items = [question(f"a{n}") for n in range(7)]
    items.insert(2, question("u0", answerable=False))
    assert [item.id for item in choose(items, 3)] == ["a0", "u0", "a3", "a6"]


def test_without_a_model_there_is_nothing_to_compare(monkeypatch, capsys):
    monkeypatch.delenv("REPORT_QA_LLM", raising=False)
    assert main([]) == 2
    assert "REPORT_QA_LLM is not set" in capsys.readouterr().err
