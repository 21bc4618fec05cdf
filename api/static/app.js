// The chat page: asking, the conversation, and the few things around it.

import { makeTurn } from "./answer.js";
import { button, find, make } from "./dom.js";
import { closeReader } from "./reader.js";
import { ask, getJson, onKeyNeeded } from "./server.js";
import { loadReports, setUpShelf } from "./shelf.js";
import { currentLanguage, switchLanguage, word, writeWords } from "./words.js";

const MAX_TURNS = 12;
let history = [];
let running = null;
let status = null;
let examples = [];

async function submit(question) {
  const words = question.trim();
  if (!words || running) return;
  const turn = makeTurn(words);
  running = new AbortController();
  document.body.classList.add("talking");
  find("turns").append(turn.item);
  find("question").value = "";
  fit();
  find("send").disabled = true;
  turn.item.scrollIntoView({ block: "start" });
  await answer(turn, words);
  running = null;
  find("send").disabled = false;
  turn.item.scrollIntoView({ block: "start" });
  find("question").focus({ preventScroll: true });
}

async function answer(turn, question) {
  const steps = {
    understood: turn.understood,
    token: ({ text }) => turn.token(text),
    done: (result) => { turn.done(result); remember(question, result.answer); },
    error: ({ detail }) => turn.failed(detail),
  };
  try {
    await ask({ question, history }, (name, value) => steps[name]?.(value), running.signal);
  } catch (error) {
    if (error.name !== "AbortError") turn.failed(error instanceof TypeError ? word("offline") : error.message);
  }
}

function remember(question, told) {
  history = [...history, { question, answer: told }].slice(-MAX_TURNS);
}

function startAnew() {
  running?.abort();
  history = [];
  find("turns").replaceChildren();
  document.body.classList.remove("talking");
  closeReader();
  find("question").focus();
}

function fit() {
  const box = find("question");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

function drawExamples() {
  const items = examples.map((example) => {
    const words = example[currentLanguage()];
    return make("li", button("button.example", words, () => submit(words)));
  });
  find("examples").replaceChildren(...items);
}

function drawStatus() {
  if (!status) return;
  const byRules = status.answered_by === "evidence";
  find("answerer").textContent = byRules ? word("evidence") : word("model", status.answered_by);
  find("answerer").title = word("switch", status.switch);
}

async function refresh() {
  try {
    [status, { examples }] = await Promise.all([getJson("/v1/status"), getJson("/v1/examples"), loadReports(refresh)]);
    drawStatus();
    drawExamples();
  } catch (error) {
    find("answerer").textContent = error instanceof TypeError ? word("offline") : error.message;
  }
}

function askForKey() {
  return new Promise((resolve) => {
    const sheet = find("key-sheet");
    sheet.addEventListener("close", () => resolve(find("key").value.trim()), { once: true });
    if (!sheet.open) sheet.showModal();
  });
}

function listen() {
  find("ask").addEventListener("submit", (event) => { event.preventDefault(); submit(find("question").value); });
  find("question").addEventListener("input", fit);
  find("question").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit(find("question").value);
    }
  });
  find("new-talk").addEventListener("click", startAnew);
  find("close-reader").addEventListener("click", closeReader);
  find("language").addEventListener("click", () => { switchLanguage(); writeWords(); drawStatus(); drawExamples(); loadReports(refresh); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) closeReader(); });
}

onKeyNeeded(askForKey);
writeWords();
listen();
setUpShelf(refresh);
refresh();
find("question").focus();
