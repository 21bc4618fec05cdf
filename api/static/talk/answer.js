// One question and its answer in the conversation.

import { copying } from "../page/copying.js";
import { button, make } from "../page/dom.js";
import { questionLink } from "../page/links.js";
import { word } from "../page/words.js";
import { makeTable } from "../table/table.js";
import { makeInstead } from "./instead.js";
import { makeOpinion } from "./opinion.js";
import { makeMeant } from "./scope.js";
import { makeSources, withMarkers } from "./sources.js";
import { answerLines, asText } from "./writing.js";

/**
 * Make the list item of a turn: { question, scope, isAlone, understood, looked, said, cited, result, failure }.
 *
 * actions: again(question, scope, isAlone) asks this turn again, alone without the turns before it; ask(question, scope)
 * asks a new one; history() are the turns before.
 * The functions it comes with show each step of the answer; settle shows what has become of it.
 */
export function makeTurn(turn, actions) {
  const meant = make("div");
  const answer = make("div.answer");
  const item = make("li.turn", make("h2.asked", turn.question), meant, answer);
  const status = make("p.status", make("span.dots"), word("thinking"));
  const words = make("p.words");
  return {
    item,
    begin: () => { item.ariaBusy = "true"; words.replaceChildren(); answer.replaceChildren(status, words); },
    understood: () => meant.replaceChildren(...named(turn)),
    token: (text) => { status.remove(); words.append(make("span.claim", ...withMarkers(text, turn.cited))); },
    settle: () => {
      item.ariaBusy = "false";
      item.firstChild.textContent = turn.question;
      meant.replaceChildren(turn.understood && turn.result ? makeMeant(turn, actions.again) : "");
      answer.replaceChildren(...(turn.result ? finished(turn, actions) : brokenOff(turn, actions)));
    },
  };
}

const named = ({ understood: { places, years } }) => (places.length + years.length ? [make("div.meant", ...[...places, ...years].map((each) => make("span.chip", String(each))))] : []);

function finished(turn, actions) {
  const { result } = turn;
  const isMissing = result.status === "not_found";
  return [
    isMissing ? make("p.label", word("notFound")) : "",
    ...answerLines(result).map((line) => make("p.words", ...withMarkers(line, result.citations))),
    result.table ? makeTable(result.table, result.citations, turn.question) : "",
    result.citations.length ? makeSources(result.citations, { isFolded: Boolean(result.table) }) : "",
    isMissing ? makeInstead(turn, actions) : "",
    ...(result.notes ?? []).map((note) => make("p.note", note)),
    foot(turn, actions),
  ].filter(Boolean);
}

function brokenOff(turn, { again }) {
  const why = turn.failure ? make("p.failure", turn.failure) : make("p.note", word("stopped"));
  const retry = button("button.again", word("retry"), () => again(turn.question, turn.scope, turn.isAlone));
  return [turn.said ? make("p.words", ...withMarkers(turn.said, turn.cited)) : "", why, make("p", retry)].filter(Boolean);
}

function foot(turn, { again, history }) {
  const { result } = turn;
  const by = result.answered_by === "evidence" ? word("evidence") : word("model", result.answered_by);
  const time = result.timings_ms?.total;
  const facts = [by, time === undefined ? "" : word("took", Math.max(1, Math.round(time)))].filter(Boolean);
  const actions = make(
    "span.actions",
    copying("copy", () => asText(turn)),
    copying("copyLink", () => questionLink(turn)),
    button("button.quiet", word("retry"), () => again(turn.question, turn.scope, turn.isAlone)),
    makeOpinion(turn, history()),
  );
  return make("div.foot", make("span", facts.join(" · ")), actions);
}
