// Buttons that copy and say so for a moment.

import { button } from "./dom.js";
import { copy } from "./leaving.js";
import { word } from "./words.js";

const MILLISECONDS = 1500;

/** A button by the name of a word; words() gives what is copied. */
export function copying(name, words) {
  const element = button("button.quiet", word(name), async () => {
    await copy(words());
    element.textContent = word("copied");
    setTimeout(() => { element.textContent = word(name); }, MILLISECONDS);
  });
  return element;
}
