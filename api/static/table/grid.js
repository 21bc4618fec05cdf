// Tables on the page: columns that sort by a click, a frame that scrolls.

import { button, make } from "../page/dom.js";
import { compareCells } from "./figure.js";

/** A table whose columns sort; one without a name does not. */
export function makeGrid(columns, rows) {
  const body = make("tbody", ...rows);
  const heads = columns.map((name, index) => {
    const head = name ? make("th", button("button.sort", name, () => sort(body, heads, index))) : make("td");
    if (name) head.scope = "col";
    return head;
  });
  return make("table.grid", make("thead", make("tr", ...heads)), body);
}

/** A frame that scrolls, by the keyboard too. */
export function scrolled(grid, label) {
  const frame = make("div.scroll", grid);
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.ariaLabel = label;
  return frame;
}

/** Rows without words in the column stay last, whichever way. */
function sort(body, heads, index) {
  const descending = heads[index].ariaSort === "ascending";
  heads.forEach((head, at) => { head.ariaSort = at === index ? (descending ? "descending" : "ascending") : null; });
  const key = (row) => row.children[index].textContent;
  const isFigure = (row) => /\d/.test(key(row));
  const sorted = [...body.children].sort((one, other) => compareCells(key(one), key(other)));
  const rows = descending ? [...sorted.filter(isFigure).reverse(), ...sorted.filter((row) => !isFigure(row)).reverse()] : sorted;
  body.replaceChildren(...rows);
}
