// The table of an answer: sorted by a click on a column, each cell a click from its words, as CSV, and as a small chart.

import { button, make } from "../page/dom.js";
import { saveCsv } from "../page/leaving.js";
import { word } from "../page/words.js";
import { makeMarker, show } from "../talk/sources.js";
import { makeChart } from "./chart.js";
import { makeGrid, scrolled } from "./grid.js";

export function makeTable({ columns, rows }, citations, name) {
  const grid = makeGrid([...columns, ""], rows.map((row) => makeRow(row, citations)));
  const save = button("button.quiet", word("saveCsv"), () => saveCsv(name, columns, rows.map((row) => row.cells)));
  const foot = make("p.table-foot", make("span", word("rows", rows.length)), save);
  return make("div.table", makeChart(columns, rows), scrolled(grid, name), foot);
}

function makeRow({ cells, markers }, citations) {
  const proof = markers.map((marker) => citations.find((each) => each.marker === marker)).filter(Boolean);
  const open = (event) => show(proof[0], citations, event.currentTarget);
  const made = cells.map((cell) => make("td", proof.length && cell ? button("button.cell", cell, open) : cell));
  return make("tr", ...made, make("td.marks", ...proof.map((citation) => makeMarker(citation, citations))));
}
