// The table of an answer: sorted by a click on a column, each cell a click from its words, as CSV, and as a small chart.

import { button, make, makeShape } from "./dom.js";
import { word } from "./words.js";

const NUMBER = String.raw`(-?\d[\d,]*(?:\.\d+)?)\s*([%‰]|[^\s\d,.，以左上下—–－~（(]*)`;
const FIGURE = new RegExp(String.raw`^[^\d]{0,6}${NUMBER}(?:\s*[—–－~-]\s*${NUMBER})?`);
const MAX_BARS = 40;
const [WIDTH, BAR, LABEL, LINE] = [560, 18, 96, 150];

/** Make the table; citationOf(marker) gives a citation, show(citation, element) opens it. */
export function makeTable({ columns, rows }, citationOf, show) {
  const body = make("tbody", ...rows.map((row) => makeRow(row, citationOf, show)));
  const heads = columns.map((name, index) => {
    const head = make("th", button("button.sort", name, () => sort(body, heads, index)));
    head.scope = "col";
    return head;
  });
  const grid = make("table.grid", make("thead", make("tr", ...heads, make("th"))), body);
  const save = button("button.quiet", word("saveCsv"), () => download(columns, rows));
  return make("div.table", chart(columns, rows), make("div.scroll", grid), make("p.table-foot", make("span", word("rows", rows.length)), save));
}

function makeRow({ cells, markers }, citationOf, show) {
  const citations = markers.map(citationOf).filter(Boolean);
  const open = (event) => citations.length && show(citations[0], event.currentTarget);
  const made = cells.map((cell) => make("td", citations.length ? button("button.cell", cell, open) : cell));
  const marks = citations.map((citation) => button("button.marker", String(citation.marker), (event) => show(citation, event.currentTarget)));
  return make("tr", ...made, make("td.marks", ...marks));
}

function sort(body, heads, index) {
  const descending = heads[index].ariaSort === "ascending";
  heads.forEach((head, at) => { head.ariaSort = at === index ? (descending ? "descending" : "ascending") : "none"; });
  const key = (row) => row.children[index].textContent;
  const sorted = [...body.children].sort((one, other) => compare(key(one), key(other)));
  body.replaceChildren(...(descending ? sorted.reverse() : sorted));
}

function compare(one, other) {
  const [a, b] = [figure(one), figure(other)];
  if (a && b) return a.low - b.low || a.high - b.high;
  return a ? 1 : b ? -1 : one.localeCompare(other, "zh");
}

/** figure("5%—5.5%") → { low: 5, high: 5.5, unit: "%" }; null for other words. */
function figure(cell) {
  const found = FIGURE.exec(cell.normalize("NFKC").trim());
  if (!found) return null;
  const value = (digits) => Number(digits.replaceAll(",", ""));
  return { low: value(found[1]), high: value(found[3] ?? found[1]), unit: found[4] || found[2] };
}

function download(columns, rows) {
  const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = [columns, ...rows.map((row) => row.cells)].map((cells) => cells.map(quoted).join(","));
  const link = make("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n")], { type: "text/csv" }));
  link.download = "table.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** A line over the years of one place, else bars; null where no column has figures of one unit. */
function chart(columns, rows) {
  const column = columns.findIndex((_, index) => {
    const units = new Set(rows.map((row) => figure(row.cells[index] ?? "")).filter(Boolean).map((each) => each.unit));
    return units.size === 1 && ![...units].includes("");
  });
  const points = rows.map((row) => ({ cells: row.cells, ...figure(row.cells[column] ?? "") })).filter((each) => each.low !== undefined);
  if (column < 0 || points.length < 2 || points.length > MAX_BARS) return null;
  const isTrend = new Set(points.map((each) => each.cells[0])).size === 1 && new Set(points.map((each) => each.cells[1])).size === points.length;
  const drawing = isTrend ? line(points) : bars(points, new Set(points.map((each) => each.cells[0])).size === points.length);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", columns[column]);
  return make("figure.chart", make("figcaption", columns[column]), drawing);
}

function bars(points, named) {
  const most = Math.max(...points.map((each) => each.high), 0) || 1;
  const length = (value) => (Math.max(value, 0) / most) * (WIDTH - 2 * LABEL);
  const drawn = points.flatMap((each, index) => {
    const y = index * BAR;
    return [
      text(LABEL - 6, y + 13, named ? each.cells[0] : each.cells.slice(0, 2).join(" "), "end"),
      makeShape("rect", { class: "range", x: LABEL, y: y + 3, width: length(each.high), height: BAR - 6 }),
      makeShape("rect", { class: "bar", x: LABEL, y: y + 3, width: length(each.low), height: BAR - 6 }),
      text(LABEL + length(each.high) + 5, y + 13, spoken(each)),
    ];
  });
  return makeShape("svg", { viewBox: `0 0 ${WIDTH} ${points.length * BAR}` }, ...drawn);
}

function line(points) {
  const ordered = [...points].sort((one, other) => Number(one.cells[1]) - Number(other.cells[1]));
  const [least, most] = [Math.min(...ordered.map((each) => each.low)), Math.max(...ordered.map((each) => each.high))];
  const x = (index) => 30 + (index * (WIDTH - 60)) / (ordered.length - 1);
  const y = (value) => LINE - 26 - ((value - least) / (most - least || 1)) * (LINE - 60);
  const path = ordered.map((each, index) => `${x(index)},${y(each.low)}`).join(" ");
  const drawn = ordered.flatMap((each, index) => [
    makeShape("line", { class: "range", x1: x(index), x2: x(index), y1: y(each.low), y2: y(each.high) }),
    makeShape("circle", { class: "bar", cx: x(index), cy: y(each.low), r: 3.5 }),
    text(x(index), y(each.high) - 8, spoken(each), "middle"),
    text(x(index), LINE - 6, each.cells[1], "middle"),
  ]);
  return makeShape("svg", { viewBox: `0 0 ${WIDTH} ${LINE}` }, makeShape("polyline", { class: "trend", points: path }), ...drawn);
}

const spoken = ({ low, high, unit }) => (high > low ? `${low}—${high}${unit}` : `${low}${unit}`);

function text(x, y, words, anchor = "start") {
  return makeShape("text", { x, y, "text-anchor": anchor }, words);
}
