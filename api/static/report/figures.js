// The key figures of a report: results and targets side by side, each a click from its words, as CSV.

import { button, make } from "../page/dom.js";
import { saveCsv } from "../page/leaving.js";
import { word } from "../page/words.js";
import { scrolled } from "../table/grid.js";

const AFTER = /^(以上|以下|左右|以内|上下)/;
const READINGS = ["result", "target", "plan", "unknown"];

/** The table; open(figure) shows the words a figure stands in. */
export function makeFigures(detail, figures, open) {
  if (!figures.length) return make("p.note", word("noFigures"));
  const rows = paired(figures);
  const readings = READINGS.filter((reading) => figures.some((each) => each.reading === reading));
  const body = make("tbody");
  const count = make("span");
  const draw = (wanted) => {
    const shown = rows.filter((row) => row.name.toLowerCase().includes(wanted));
    body.replaceChildren(...shown.map((row) => makeRow(row, readings, open)));
    count.textContent = word("rows", shown.length);
  };
  const filter = make("input.field");
  filter.type = "search";
  filter.placeholder = filter.ariaLabel = word("filterFigures");
  filter.addEventListener("input", () => draw(filter.value.trim().toLowerCase()));
  draw("");
  const heads = [word("indicator"), ...readings.map((reading) => word(reading))].map((name) => {
    const head = make("th", name);
    head.scope = "col";
    return head;
  });
  const title = detail.title || detail.source;
  const save = button("button.quiet", word("saveCsv"), () => saveCsv(title, ...asCells(figures)));
  const grid = scrolled(make("table.grid", make("thead", make("tr", ...heads)), body), word("figures"));
  return make("div.figures", filter, grid, make("p.table-foot", count, save));
}

/** Rows by indicator, rates apart from amounts; indicators with a result and a target first, else in the text's order. */
function paired(figures) {
  const indicators = Map.groupBy(figures, ({ indicator, place }) => `${indicator} ${place}`);
  const groups = [...indicators.values()].map((told) => [...Map.groupBy(told, isRate).values()]);
  const isPair = (rows) => rows.some((told) => ["result", "target"].every((reading) => told.some((each) => each.reading === reading)));
  return [...groups.filter(isPair), ...groups.filter((rows) => !isPair(rows))].flat().map((told) => ({ name: told[0].indicator, told }));
}

const isRate = ({ unit }) => /^[%‰]|百分点/.test(unit);

function makeRow({ name, told }, readings, open) {
  const head = make("th", name);
  head.scope = "row";
  const cells = readings.map((reading) => {
    const figures = told.filter((each) => each.reading === reading);
    return make("td", ...figures.map((figure) => figureButton(figure, open)));
  });
  return make("tr", head, ...cells);
}

function figureButton(figure, open) {
  const element = button("button.cell.figure", spoken(figure), () => open(figure));
  element.append(make("span.facts", figure.years.join("、")));
  return element;
}

/** A figure with what bounds it: 达到 33亿元以上, +6.5%左右. */
function spoken({ text, qualifier, direction }) {
  const sign = direction === "up" ? "+" : direction === "down" ? "−" : "";
  const bounds = qualifier.split(" ").filter(Boolean);
  const after = bounds.filter((each) => AFTER.test(each));
  return [...bounds.filter((each) => !AFTER.test(each)), `${sign}${text}${after.join("")}`].join(" ");
}

function asCells(figures) {
  const columns = ["indicator", "reading", "years", "figure", "qualifier", "direction", "place"];
  const rows = figures.map((each) => [each.indicator, word(each.reading), each.years.join(" "), each.text, each.qualifier, each.direction, each.place ?? ""]);
  return [columns.map((name) => word(name)), rows];
}
