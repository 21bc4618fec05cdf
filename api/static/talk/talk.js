// The conversation on the page: asking, stopping, asking again, and keeping it.

import { find } from "../page/dom.js";
import { ask as askServer } from "../page/server.js";
import { word } from "../page/words.js";
import { closeReader } from "../report/reader.js";
import { makeTurn } from "./answer.js";
import { keepTalk, newTalk, setCurrent } from "./kept.js";

const MAX_TURNS = 12;
const MAX_QUOTE_CHARS = 110;
const MAX_LOOKED_AT = 3;
let talk = newTalk();
let views = [];
let running = null;

export const isAsking = () => running !== null;

/** Ask a new question; scope limits what may be cited, null does not. */
export async function ask(question, scope = null) {
  const words = question.trim();
  if (!words || running) return;
  const turn = { question: words, scope };
  talk.turns.push(turn);
  addView(turn);
  document.body.classList.add("talking");
  await answer(turn);
}

export const stop = () => running?.abort();

/** Stop without waiting for the end, so that the next question can be asked at once. */
function leave() {
  stop();
  running = null;
  document.body.classList.remove("asking");
}

export function startAnew() {
  showTalk(newTalk());
  closeReader();
}

/** Put a conversation on the page in place of the one there. */
export function showTalk(next) {
  leave();
  talk = next;
  setCurrent(talk);
  redraw();
}

/** Draw everything anew, in the language chosen. */
export function redraw() {
  views = [];
  find("turns").replaceChildren();
  talk.turns.forEach(addView);
  document.body.classList.toggle("talking", talk.turns.length > 0);
}

export const isOpen = (id) => talk.id === id;

function addView(turn) {
  const view = makeTurn(turn, {
    ask,
    again: (question, scope, isAlone) => { if (!running) answer(Object.assign(turn, { question, scope, isAlone })); },
    history: () => historyOf(turn),
  });
  views.push(view);
  find("turns").append(view.item);
  if (turn.said !== undefined) view.settle();
}

async function answer(turn) {
  const [own, view] = [talk, views[talk.turns.indexOf(turn)]];
  Object.assign(turn, { understood: null, looked: [], said: "", cited: [], result: null, failure: "" });
  setCurrent(own);
  keepTalk(own);
  const control = new AbortController();
  running = control;
  document.body.classList.add("asking");
  view.begin();
  view.item.scrollIntoView({ block: "start" });
  await receive(turn, view, control.signal);
  if (running !== control) return;
  running = null;
  document.body.classList.remove("asking");
  keepTalk(own);
  view.settle();
  view.item.scrollIntoView({ block: "start" });
  if (matchMedia("(pointer: fine)").matches) find("question").focus({ preventScroll: true });
}

async function receive(turn, view, signal) {
  const steps = {
    understood: (value) => { turn.understood = value; view.understood(); },
    evidence: ({ citations }) => { turn.looked = citations.slice(0, MAX_LOOKED_AT).map(short); },
    token: ({ text, citations }) => { turn.said += text; turn.cited.push(...citations); view.token(text); },
    done: (result) => { turn.result = result; turn.understood = result.understood; },
    error: ({ detail }) => { turn.failure = detail; },
  };
  const body = { question: turn.question, history: turn.isAlone ? [] : historyOf(turn), ...(turn.scope && { scope: turn.scope }) };
  try {
    await askServer(body, (name, value) => steps[name]?.(value), signal);
    if (turn.result?.status !== "not_found") turn.looked = [];
  } catch (error) {
    turn.failure = signal.aborted ? "" : error instanceof TypeError ? word("offline") : error.message;
  }
}

/** What was asked and answered before a turn, oldest first. */
function historyOf(turn) {
  const before = talk.turns.slice(0, talk.turns.indexOf(turn)).filter((each) => each.result);
  return before.slice(-MAX_TURNS).map(({ question, result }) => ({ question, answer: result.answer }));
}

/** A passage that was looked at, with its first words only; no marker of the answer stands for it. */
function short(span) {
  const points = Array.from(span.quote);
  if (points.length <= MAX_QUOTE_CHARS) return { ...span, marker: 0 };
  return { ...span, marker: 0, quote: `${points.slice(0, MAX_QUOTE_CHARS).join("")}…` };
}
