// A small chart beside a table, where a column holds figures of one unit: bars, or a line over the years of one place.

import { make, makeShape } from "../page/dom.js";
import { readFigure } from "./figure.js";

const MAX_BARS = 40;
const [BAR, LABEL, LINE, MAX_WIDTH, MARGIN, MAX_NAME] = [20, 104, 160, 560, 40, 9];
const YEAR = /^\d{4}$/;

/** The chart, or null where no column can be compared. */
export function makeChart(columns, rows) {
  const column = columns.findIndex((_, index) => isComparable(rows.map((row) => row.cells[index] ?? "")));
  const points = rows.map(({ cells }) => ({ cells, ...readFigure(cells[column] ?? "") })).filter((each) => each.low !== undefined);
  if (column < 0 || points.length < 2 || points.length > MAX_BARS) return null;
  const cellsOf = (index) => points.map((each) => each.cells[index] ?? "");
  const isName = (index) => index !== column && !cellsOf(index).some((cell) => readFigure(cell) && !YEAR.test(cell));
  const differing = columns.map((_, index) => index).filter((index) => isName(index) && new Set(cellsOf(index)).size > 1);
  const year = differing.length === 1 && cellsOf(differing[0]).every((cell) => YEAR.test(cell)) ? differing[0] : -1;
  const isTrend = year >= 0 && new Set(cellsOf(year)).size === points.length;
  const width = Math.min(MAX_WIDTH, innerWidth - MARGIN);
  const drawing = isTrend ? makeLine(points, year, width) : makeBars(points, width, differing.length ? differing : [0]);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", columns[column]);
  return make("figure.chart", make("figcaption", columns[column]), drawing);
}

/** At least two figures, all of one unit; a figure without a unit is compared with nothing. */
function isComparable(cells) {
  const figures = cells.map(readFigure).filter(Boolean);
  return figures.length > 1 && figures[0].unit !== "" && figures.every((each) => each.unit === figures[0].unit);
}

function makeBars(points, width, names) {
  const most = Math.max(...points.map((each) => Math.abs(each.high))) || 1;
  const length = (value) => (Math.abs(value) / most) * (width - 2 * LABEL);
  const drawn = points.flatMap((each, index) => {
    const y = index * BAR;
    const kind = each.low < 0 ? "bar below" : "bar";
    return [
      text(LABEL - 8, y + 14, shortened(names.map((name) => each.cells[name]).join(" ")), "end"),
      makeShape("rect", { class: "range", x: LABEL, y: y + 4, width: length(each.high), height: BAR - 8, rx: 2 }),
      makeShape("rect", { class: kind, x: LABEL, y: y + 4, width: length(each.low), height: BAR - 8, rx: 2 }),
      text(LABEL + length(each.high) + 6, y + 14, spoken(each)),
    ];
  });
  return makeShape("svg", { viewBox: `0 0 ${width} ${points.length * BAR}` }, ...drawn);
}

function makeLine(points, year, width) {
  const ordered = [...points].sort((one, other) => Number(one.cells[year]) - Number(other.cells[year]));
  const [least, most] = [Math.min(...ordered.map((each) => each.low)), Math.max(...ordered.map((each) => each.high))];
  const x = (index) => 30 + (index * (width - 60)) / (ordered.length - 1);
  const y = (value) => LINE - 30 - ((value - least) / (most - least || 1)) * (LINE - 66);
  const path = ordered.map((each, index) => `${x(index)},${y(each.low)}`).join(" ");
  const drawn = ordered.flatMap((each, index) => [
    makeShape("line", { class: "range", x1: x(index), x2: x(index), y1: y(each.low), y2: y(each.high) }),
    makeShape("circle", { class: "bar", cx: x(index), cy: y(each.low), r: 3.5 }),
    text(x(index), y(each.high) - 9, spoken(each), "middle"),
    text(x(index), LINE - 6, each.cells[year], "middle"),
  ]);
  return makeShape("svg", { viewBox: `0 0 ${width} ${LINE}` }, makeShape("polyline", { class: "trend", points: path }), ...drawn);
}

const spoken = ({ low, high, unit }) => (high > low ? `${low}—${high}${unit}` : `${low}${unit}`);

/** Words that fit beside a bar; Latin letters are half as wide. */
function shortened(words) {
  const widths = Array.from(words, (letter) => (letter < "\u2000" ? 0.55 : 1));
  const fits = widths.findIndex((_, index) => widths.slice(0, index + 1).reduce((sum, each) => sum + each, 0) > MAX_NAME);
  return fits < 0 ? words : `${Array.from(words).slice(0, fits - 1).join("")}…`;
}

function text(x, y, words, anchor = "start") {
  return makeShape("text", { x, y, "text-anchor": anchor }, words);
}
