// The report beside the answer, with the quoted words marked.

import { find, make } from "./dom.js";
import { getJson } from "./server.js";
import { word } from "./words.js";

const texts = new Map();
let latest = 0;

/** Show a report; with start and end (code points), mark that span and scroll it into view. */
export async function openReport(reportId, { start = -1, end = -1, page = null } = {}) {
  const ticket = ++latest;
  let loaded;
  try {
    loaded = await load(reportId);
  } catch (error) {
    closeReader();
    find("reader-empty").textContent = error instanceof TypeError ? word("offline") : error.message;
    return;
  }
  if (ticket !== latest) return;
  const { points, detail } = loaded;
  find("reader-title").textContent = detail.title || detail.source;
  find("reader-facts").textContent = facts(detail, page);
  find("paper").replaceChildren(...paragraphs(points, detail, start, end));
  find("reader-empty").hidden = true;
  find("reader-open").hidden = false;
  document.body.classList.add("reading");
  reveal();
}

export function closeReader() {
  latest += 1;
  find("reader-open").hidden = true;
  find("reader-empty").hidden = false;
  document.body.classList.remove("reading");
}

export const forgetReport = (reportId) => texts.delete(reportId);

async function load(reportId) {
  if (!texts.has(reportId)) {
    const path = `/v1/reports/${encodeURIComponent(reportId)}`;
    const [detail, body] = await Promise.all([getJson(path), getJson(`${path}/text`)]);
    texts.set(reportId, { detail, points: Array.from(body.text) });
  }
  return texts.get(reportId);
}

function facts(detail, page) {
  const parts = [detail.source, detail.place, detail.years.join("、"), word(detail.kind)];
  return [...parts, page ? word("page", page) : ""].filter(Boolean).join(" · ");
}

function paragraphs(points, detail, start, end) {
  const headings = new Map(detail.outline.filter((section) => section.heading_end > section.start)
    .map((section) => [section.start, section.path.length]));
  const isRow = (from) => detail.tables.some((table) => table.start <= from && from < table.end);
  return lines(points).map(([from, to]) => {
    const level = [...headings].find(([offset]) => from <= offset && offset < to);
    const kind = level ? `h${Math.min(level[1] + 2, 6)}` : isRow(from) ? "p.row" : "p";
    return make(kind, ...marked(points, from, to, start, end));
  });
}

function lines(points) {
  const found = [];
  let from = 0;
  for (let at = 0; at <= points.length; at += 1) {
    if (at === points.length || points[at] === "\n") {
      if (points.slice(from, at).some((each) => each.trim())) found.push([from, at]);
      from = at + 1;
    }
  }
  return found;
}

function marked(points, from, to, start, end) {
  const [first, last] = [Math.max(from, start), Math.min(to, end)];
  const words = (a, b) => points.slice(a, b).join("");
  if (first >= last) return [words(from, to)];
  return [words(from, first), make("mark", words(first, last)), words(last, to)];
}

function reveal() {
  const mark = document.querySelector("#paper mark");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (matchMedia("(max-width: 860px)").matches) find("reader").scrollIntoView({ behavior: "instant", block: "start" });
  if (mark) mark.scrollIntoView({ behavior: calm ? "instant" : "smooth", block: "center" });
  else find("paper").scrollTop = 0;
}
