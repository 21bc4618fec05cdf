// The outline of a report: its headings with what they tell of, each a click from its text.

import { button, make } from "../page/dom.js";
import { word } from "../page/words.js";
import { headingsOf } from "./paper.js";

export function makeOutline(detail, open) {
  const headings = headingsOf(detail);
  if (!headings.length) return make("p.note", word("noOutline"));
  const items = headings.map((section) => {
    const told = [section.years.join("、"), section.reading === "unknown" ? "" : word(section.reading)].filter(Boolean).join(" · ");
    const heading = button("button.heading", section.path.at(-1), () => open(section));
    heading.append(told ? make("span.facts", told) : "");
    const item = make("li", heading);
    item.className = `level-${Math.min(section.path.length, 4)}`;
    return item;
  });
  return make("ol.outline", ...items);
}
