// A report's text on the page: its headings, its tables' rows, and the quoted words marked.

import { make } from "../page/dom.js";

/** The lines of a text (code points) as elements; [start, end) is marked. */
export function makePaper(points, detail, start, end) {
  const headings = new Map(headingsOf(detail).map((section) => [section.start, section.path.length]));
  const isRow = (from) => detail.tables.some((table) => table.start <= from && from < table.end);
  return lines(points).map(([from, to]) => {
    const level = [...headings].find(([offset]) => from <= offset && offset < to);
    const kind = level ? `h${Math.min(level[1] + 2, 6)}` : isRow(from) ? "p.row" : "p";
    return make(kind, ...marked(points, from, to, start, end));
  });
}

export const headingsOf = (detail) => detail.outline.filter((section) => section.heading_end > section.start);

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
