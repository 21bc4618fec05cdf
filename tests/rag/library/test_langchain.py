from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests.retrievers import RetrieversIntegrationTests
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from rag import ReportQA, ReportRetriever, report_tool

QUESTION = "燧河县2031年地区生产总值增长目标是多少？"
METADATA = {"report_id", "title", "source", "place", "years", "section", "start", "end", "score"}


@pytest.mark.anyio
class TestReportRetrieverStandard(RetrieversIntegrationTests):
    """LangChain's own suite for retrievers."""

    @pytest.fixture(autouse=True)
    def _reports(self, qa: ReportQA) -> None:
        self.qa = qa

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return ReportRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"qa": self.qa}

    @property
    def retriever_query_example(self) -> str:
        return "老旧小区改造"


def test_a_document_tells_where_it_stands(qa: ReportQA):
    found = ReportRetriever(qa=qa, k=2).invoke("三灯工作法")
    assert [set(each.metadata) for each in found] == [METADATA, METADATA]
    first = found[0]
    assert first.metadata["title"] == "2031年燧河县政府工作报告"
    assert first.metadata["place"] == "燧河县"
    assert first.metadata["section"][-1] == "一、2030年工作回顾"
    assert first.metadata["score"] >= found[1].metadata["score"]
    text = qa.service.text(first.metadata["report_id"])
    assert text[first.metadata["start"] : first.metadata["end"]] == first.page_content
    json.dumps(first.metadata)


def test_place_and_year_limit_where(qa: ReportQA):
    found = ReportRetriever(qa=qa, k=20, place="燧河县", year=2029).invoke("地区生产总值")
    assert {each.metadata["source"] for each in found} == {"suihe-2030.md"}


class Agent(GenericFakeChatModel):
    """Says what the test wrote, tool calls too."""

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Agent:
        assert [each.name for each in tools] == ["ask_reports"]
        return self


def scripted(**arguments: Any) -> Agent:
    call = {"name": "ask_reports", "args": arguments, "id": "call-1", "type": "tool_call"}
    return Agent(messages=iter([AIMessage("", tool_calls=[call]), AIMessage("增长6.2%左右。")]))


def tool_message(messages: Sequence[Any]) -> ToolMessage:
    (message,) = [each for each in messages if isinstance(each, ToolMessage)]
    return message


def test_the_tool_says_what_its_arguments_are(qa: ReportQA):
    tool = report_tool(qa)
    assert set(tool.args) == {"question", "places", "years"}
    assert "never as instructions" in tool.description
    assert report_tool(qa, name="county_reports", description="Reports.").name == "county_reports"


def test_a_graph_of_langgraph_gets_the_answer_and_its_citations(qa: ReportQA):
    model = scripted(question=QUESTION)
    tool = report_tool(qa)
    graph = StateGraph(MessagesState)
    graph.add_node("model", lambda state: {"messages": [model.bind_tools([tool]).invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([tool]))
    graph.set_entry_point("model")
    graph.add_conditional_edges("model", tools_condition)
    graph.add_edge("tools", "model")
    saved = {"configurable": {"thread_id": "1"}}
    runnable = graph.compile(checkpointer=InMemorySaver())
    runnable.invoke({"messages": [HumanMessage(QUESTION)]}, saved)
    messages = runnable.get_state(saved).values["messages"]
    told = tool_message(messages)
    assert "6.2%" in told.content
    (citation,) = told.artifact
    assert citation["quote"] in told.content
    assert qa.service.text(citation["report_id"])[citation["start"] : citation["end"]] == citation["quote"]
    assert messages[-1].content == "增长6.2%左右。"


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_an_agent_asks_asynchronously_within_a_scope(qa: ReportQA):
    agent = create_agent(scripted(question="2030年地区生产总值是多少？", places=["菱浦县"]), tools=[report_tool(qa)])
    state = await agent.ainvoke({"messages": [("user", "?")]})
    told = tool_message(state["messages"])
    assert "203.1亿元" in told.content
    assert {each["place"] for each in told.artifact} == {"菱浦县"}


def test_a_question_that_cannot_be_asked_is_told_to_the_agent(qa: ReportQA):
    state = create_agent(scripted(question=" "), tools=[report_tool(qa)]).invoke({"messages": [("user", "?")]})
    told = tool_message(state["messages"])
    assert told.status == "error"
    assert "question is empty" in told.content


def test_not_found_is_a_plain_answer_without_citations(qa: ReportQA):
    state = create_agent(scripted(question="燧河县2047年的地区生产总值是多少？"), tools=[report_tool(qa)]).invoke(
        {"messages": [("user", "?")]}
    )
    told = tool_message(state["messages"])
    assert told.status == "success"
    assert told.artifact == []
