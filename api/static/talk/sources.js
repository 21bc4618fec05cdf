// The citations of an answer: markers in its words and the list below, each a click from the report's own words.

import { button, make } from "../page/dom.js";
import { word } from "../page/words.js";
import { openCitation } from "../report/reader.js";
import { whereOf } from "./writing.js";

/** A line of an answer with its markers as buttons. */
export function withMarkers(line, citations) {
  return line.split(/(\[\d+\])/).map((piece) => {
    const citation = citations.find((each) => `[${each.marker}]` === piece);
    return citation ? makeMarker(citation, citations) : piece;
  });
}

export function makeMarker(citation, citations) {
  const element = button("button.marker", String(citation.marker), (event) => show(citation, citations, event.currentTarget));
  element.title = citation.quote;
  element.ariaLabel = `${word("sources")} ${citation.marker}: ${citation.title}`;
  element.dataset.marker = citation.marker;
  return element;
}

/** The list of citations; those of a table are many and open on a click. */
export function makeSources(citations, { isFolded }) {
  const list = make("ol.citations", ...citations.map((citation) => make("li", makeCitation(citation, citations))));
  return isFolded ? make("details.folded", make("summary", `${word("sources")} ${citations.length}`), list) : list;
}

export function makeCitation(citation, citations) {
  const number = citation.marker ? make("span.number", String(citation.marker)) : make("span.number", "·");
  const open = button("button.citation", number, (event) => show(citation, citations, event.currentTarget));
  open.append(make("span.quote-box", make("q.quote", citation.quote), make("span.where", whereOf(citation))));
  open.dataset.marker = citation.marker ?? "";
  return open;
}

/** Open a citation in the reader, where the others of its answer are a step away; it is marked in its answer. */
export function show(citation, citations, element) {
  const turn = element.closest(".turn");
  return openCitation(citations, citations.indexOf(citation), ({ marker }) => {
    for (const chosen of document.querySelectorAll(".chosen")) chosen.classList.remove("chosen");
    if (marker) turn.querySelectorAll(`[data-marker="${marker}"]`).forEach((each) => each.classList.add("chosen"));
  });
}
