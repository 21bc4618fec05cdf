// Where the reports do not tell: what there is instead, a click away.

import { button, make } from "../page/dom.js";
import { word } from "../page/words.js";
import { knownPlaces, yearsOf } from "../report/shelf.js";
import { isInherited, reworded } from "./scope.js";
import { makeCitation } from "./sources.js";

const MAX_OFFERED = 8;
const MAX_LOOKED_AT = 3;

/**
 * The question without the turns before it, other years of the place asked about, places that have reports where its has
 * none, and the nearest words.
 */
export function makeInstead(turn, { ask, again, history }) {
  const alone = !turn.isAlone && history().length && isInherited(turn) ? askAlone(turn, again) : null;
  const rows = [alone, yearsInstead(turn, ask), placesInstead(turn, ask), nearestWords(turn.looked ?? [])].filter(Boolean);
  return rows.length ? make("section.instead", make("h3", word("instead")), ...rows) : null;
}

function askAlone({ question, scope }, again) {
  return make("p.offers", make("span", word("fromBefore")), button("button.offer", word("askAlone"), () => again(question, scope, true)));
}

function yearsInstead({ question, understood: { places, years } }, ask) {
  const have = [...new Set(places.flatMap(yearsOf))].sort().reverse().filter((year) => !years.includes(year));
  if (years.length !== 1 || !have.length) return null;
  const offered = have.slice(0, MAX_OFFERED).map((year) => {
    const kind = { values: [String(year)], before: years.map(String) };
    return button("button.offer", String(year), () => ask(reworded(question, [kind]), { years: [year] }));
  });
  return make("p.offers", make("span", word("otherYears", places.join("、"))), ...offered);
}

function placesInstead({ question, understood: { places } }, ask) {
  const known = knownPlaces();
  const missing = places.filter((place) => !known.includes(place));
  if (missing.length !== 1 || !known.length) return null;
  const offered = known.slice(0, MAX_OFFERED).map((place) => {
    const kind = { values: [place], before: missing };
    return button("button.offer", place, () => ask(reworded(question, [kind]), { places: [place] }));
  });
  return make("p.offers", make("span", word("otherPlaces", missing[0])), ...offered);
}

function nearestWords(looked) {
  if (!looked.length) return null;
  const nearest = looked.slice(0, MAX_LOOKED_AT);
  const items = nearest.map((span) => make("li", makeCitation(span, nearest)));
  return make("div", make("p.facts", word("nearest")), make("ol.citations", ...items));
}
