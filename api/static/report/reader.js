// The report beside the answer: its text with the quoted words marked, its outline, its key figures.

import { copying } from "../page/copying.js";
import { find } from "../page/dom.js";
import { citationLink, showLink } from "../page/links.js";
import { getJson } from "../page/server.js";
import { word } from "../page/words.js";
import { makeFigures } from "./figures.js";
import { makeOutline } from "./outline.js";
import { makePaper } from "./paper.js";

const VIEWS = ["text", "outline", "figures"];
const texts = new Map();
let latest = 0;
let shown = null;
let trail = null;

export function setUpReader() {
  for (const view of VIEWS) find(`view-${view}`).addEventListener("click", () => showView(view));
  find("previous").addEventListener("click", () => step(-1));
  find("next").addEventListener("click", () => step(1));
  find("close-reader").addEventListener("click", closeReader);
}

/** Show a report; with start and end (code points), mark that span and scroll it into view. */
export async function openReport(reportId, span = {}) {
  trail = null;
  await open(reportId, span);
}

/** Show the citation at index; the others of its answer are a step away. onMove(citation) is called at each step. */
export async function openCitation(citations, index, onMove) {
  trail = { citations, index, onMove };
  const citation = citations[index];
  onMove(citation);
  await open(citation.report_id, citation);
}

export function closeReader() {
  latest += 1;
  shown = null;
  find("reader-open").hidden = true;
  find("reader-empty").hidden = false;
  document.body.classList.remove("reading");
  showLink(null);
}

/** Write what is shown in the language chosen. */
export function redrawReader() {
  if (shown) drawHead();
  if (shown) showView("text");
}

export const forgetReport = (reportId) => texts.delete(reportId);

async function open(reportId, { start = -1, end = -1, page = null }) {
  const ticket = ++latest;
  let loaded;
  try {
    loaded = await load(reportId);
  } catch (error) {
    if (ticket === latest) showFailure(error instanceof TypeError ? word("offline") : error.message);
    return;
  }
  if (ticket !== latest) return;
  shown = { ...loaded, start, end, page };
  drawHead();
  showPane();
  showLink(citationLink({ report_id: reportId, start, end }));
  await showView("text");
}

function showPane() {
  find("reader-open").classList.toggle("failed", shown === null);
  find("reader-empty").hidden = true;
  find("reader-open").hidden = false;
  document.body.classList.add("reading");
}

/** Say why a report is not shown, where it would be. */
function showFailure(message) {
  shown = null;
  find("reader-title").textContent = message;
  find("reader-facts").textContent = "";
  find("paper").replaceChildren();
  showPane();
}

async function load(reportId) {
  if (!texts.has(reportId)) {
    const path = `/v1/reports/${encodeURIComponent(reportId)}`;
    const [detail, body] = await Promise.all([getJson(path), getJson(`${path}/text`)]);
    texts.set(reportId, { detail, points: Array.from(body.text) });
  }
  return texts.get(reportId);
}

function drawHead() {
  const { detail, start, end, page } = shown;
  find("reader-title").textContent = detail.title || detail.source;
  const facts = [detail.source, detail.place, detail.years.join("、"), word(detail.kind), page ? word("page", page) : ""];
  find("reader-facts").textContent = facts.filter(Boolean).join(" · ");
  find("reader-link").replaceChildren(copying("copyLink", () => citationLink({ report_id: detail.report_id, start, end })));
  find("trail").hidden = !trail || trail.citations.length < 2;
  if (!trail) return;
  find("trail-place").textContent = word("trail", trail.index + 1, trail.citations.length);
  find("previous").disabled = trail.index === 0;
  find("next").disabled = trail.index === trail.citations.length - 1;
}

async function step(by) {
  const next = trail?.citations[trail.index + by];
  if (next) await openCitation(trail.citations, trail.index + by, trail.onMove);
}

async function showView(view) {
  for (const each of VIEWS) find(`view-${each}`).ariaPressed = String(each === view);
  const { points, detail, start, end } = shown;
  const go = (from, to) => { Object.assign(shown, { start: from, end: to }); showView("text"); };
  if (view === "text") find("paper").replaceChildren(...makePaper(points, detail, start, end));
  else if (view === "outline") find("paper").replaceChildren(makeOutline(detail, (section) => go(section.start, section.heading_end)));
  else find("paper").replaceChildren(makeFigures(detail, await figuresOf(detail), (figure) => go(figure.start, figure.end)));
  find("paper").classList.toggle("plain", view !== "text");
  reveal();
}

async function figuresOf({ report_id: reportId }) {
  const held = texts.get(reportId);
  held.figures ??= (await getJson(`/v1/reports/${encodeURIComponent(reportId)}/figures`)).figures;
  return held.figures;
}

function reveal() {
  const mark = document.querySelector("#paper mark");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (matchMedia("(max-width: 860px)").matches) find("reader").scrollIntoView({ behavior: "instant", block: "start" });
  if (mark) mark.scrollIntoView({ behavior: calm ? "instant" : "smooth", block: "center" });
  else find("paper").scrollTop = 0;
}
