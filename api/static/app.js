// The chat page: what there is besides the conversation is put together here.

import { button, find, make } from "./page/dom.js";
import { readLink, showLink } from "./page/links.js";
import { getJson, onKeyNeeded } from "./page/server.js";
import { drawSetup } from "./page/setup.js";
import { currentLanguage, switchLanguage, word, writeWords } from "./page/words.js";
import { closeReader, openReport, redrawReader, setUpReader } from "./report/reader.js";
import { loadReports, setUpShelf } from "./report/shelf.js";
import { currentTalk } from "./talk/kept.js";
import { ask, isAsking, redraw, showTalk, startAnew, stop } from "./talk/talk.js";
import { setUpTalks } from "./talk/talks.js";

const MAX_BOX_PIXELS = 160;
let status = null;
let examples = [];

/** Ask what stands in the box, once the conversation of before is shown again. */
async function submit() {
  if (isAsking()) return;
  const box = find("question");
  const words = box.value;
  box.value = "";
  fit();
  await ready;
  ask(words);
}

function fit() {
  const box = find("question");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, MAX_BOX_PIXELS)}px`;
}

function drawExamples() {
  const items = examples.map((example) => make("li", button("button.example", example[currentLanguage()], (event) => ask(event.currentTarget.textContent))));
  find("examples").replaceChildren(...items);
}

function drawStatus() {
  if (!status) return;
  find("answerer").textContent = status.answered_by === "evidence" ? word("evidence") : word("model", status.answered_by);
  find("answerer").title = word("switch", status.switch);
  drawSetup(status);
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

/** Do what the address asks for: a question, or a report at a citation. */
function followLink() {
  const { question, scope, citation } = readLink();
  if (citation) openReport(citation.report_id, citation);
  if (!question) return;
  showLink(null);
  startAnew();
  ask(question, scope);
}

function askForKey() {
  return new Promise((resolve) => {
    const sheet = find("key-sheet");
    sheet.addEventListener("close", () => resolve(find("key").value.trim()), { once: true });
    if (!sheet.open) sheet.showModal();
  });
}

function changeLanguage() {
  switchLanguage();
  writeWords();
  drawStatus();
  drawExamples();
  redrawReader();
  loadReports(refresh);
  if (!isAsking()) redraw();
}

function listen() {
  find("ask").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  find("stop").addEventListener("click", stop);
  find("question").addEventListener("input", fit);
  find("question").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  find("new-talk").addEventListener("click", () => { startAnew(); find("question").focus(); });
  find("language").addEventListener("click", changeLanguage);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (isAsking()) stop();
    else closeReader();
  });
}

async function begin() {
  onKeyNeeded(askForKey);
  writeWords();
  listen();
  setUpReader();
  setUpTalks();
  setUpShelf(refresh);
  find("question").focus();
  await refresh();
  const talk = currentTalk();
  if (talk) showTalk(talk);
  followLink();
  addEventListener("hashchange", followLink);
}

const ready = begin();
