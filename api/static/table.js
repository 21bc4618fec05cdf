// The table of an answer: sorted by a click on a column, each cell a click from its words, as CSV, and as a small chart.

import { makeChart } from "./chart.js";
import { button, make } from "./dom.js";
import { makeGrid, scrolled } from "./grid.js";
import { saveCsv } from "./leaving.js";
import { makeMarker, show } from "./sources.js";
import { word } from "./words.js";

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
