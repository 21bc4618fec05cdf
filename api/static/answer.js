// One question and its answer in the conversation.

import { button, make } from "./dom.js";
import { openReport } from "./reader.js";
import { postJson } from "./server.js";
import { makeTable } from "./table.js";
import { word } from "./words.js";

/** Make the list item of a question; returns it with functions that fill in the answer as it comes. */
export function makeTurn(question) {
  const answer = make("div.answer");
  const status = make("p.status", make("span.dots"), word("thinking"));
  const item = make("li.turn", make("p.asked", question), status, answer);
  let streamed = "";
  return {
    item,
    understood: (value) => status.replaceChildren(make("span.dots"), searching(value)),
    token: (text) => { streamed += text; answer.replaceChildren(make("p.words", streamed)); },
    done: (result) => { status.remove(); answer.replaceChildren(...finished(result, question)); },
    failed: (message) => { status.remove(); answer.replaceChildren(make("p.failure", message)); },
  };
}

function searching({ places = [], years = [] }) {
  const where = [...places, ...years].join(" · ");
  return where ? `${word("searchedIn")} ${where}` : word("thinking");
}

function finished(result, question) {
  const missing = result.status === "not_found";
  const parts = missing ? [make("p.label", word("notFound"))] : [];
  const lines = result.answer.split("\n").filter((line) => line.trim() && !(result.table && /^(\[\d+\])+$/.test(line)));
  parts.push(...lines.map((line) => make("p.words", ...withMarkers(line, result.citations))));
  if (result.table) parts.push(makeTable(result.table, (marker) => result.citations.find((each) => each.marker === marker), show));
  if (result.citations.length) parts.push(folded(sources(result.citations), result));
  parts.push(...(result.notes ?? []).map((note) => make("p.note", note)), foot(result, question));
  return parts;
}

function withMarkers(line, citations) {
  return line.split(/(\[\d+\])/).map((piece) => {
    const citation = citations.find((each) => `[${each.marker}]` === piece);
    return citation ? marker(citation) : piece;
  });
}

function marker(citation) {
  const element = button("button.marker", String(citation.marker), (event) => show(citation, event.currentTarget));
  element.title = citation.quote;
  element.ariaLabel = `${word("sources")} ${citation.marker}: ${citation.title}`;
  return element;
}

function sources(citations) {
  const items = citations.map((citation) => {
    const where = [citation.title, citation.section.at(-1), citation.page ? word("page", citation.page) : "", citation.ocr ? word("ocr") : ""];
    const line = make("span.where", where.filter(Boolean).join(" › "));
    const open = button("button.citation", make("span.number", String(citation.marker)), (event) => show(citation, event.currentTarget));
    open.append(make("span.quote-box", make("q.quote", citation.quote), line));
    return make("li", open);
  });
  return make("ol.citations", ...items);
}

/** Sources of a table are many: they open on a click. */
function folded(list, { table, citations }) {
  return table ? make("details.folded", make("summary", `${word("sources")} ${citations.length}`), list) : list;
}

async function show(citation, element) {
  for (const chosen of document.querySelectorAll(".chosen")) chosen.classList.remove("chosen");
  element.closest(".turn").querySelectorAll(".citation, .marker").forEach((each) => {
    const number = each.querySelector(".number")?.textContent ?? each.textContent;
    each.classList.toggle("chosen", number === String(citation.marker));
  });
  await openReport(citation.report_id, citation);
}

function foot(result, question) {
  const by = result.answered_by === "evidence" ? word("evidence") : word("model", result.answered_by);
  const time = result.timings_ms?.total;
  const facts = [by, time === undefined ? "" : word("took", Math.max(1, Math.round(time)))].filter(Boolean);
  const votes = make("span.votes");
  const vote = (rating) => async () => {
    const opinion = { id: result.id, rating, question, answer: result.answer.slice(0, 20000) };
    const said = await postJson("/v1/feedback", opinion).then(() => word("thanks"), (error) => error.message);
    votes.replaceChildren(said);
  };
  votes.append(button("button.quiet", word("helpful"), vote("up")), button("button.quiet", word("unhelpful"), vote("down")));
  return make("p.foot", make("span", facts.join(" · ")), votes);
}
