// Making elements; text always becomes text nodes.

import { word } from "./words.js";

/** make("p.note", "words", child) → <p class="note">words<child></p> */
export function make(kind, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function button(kind, words, onClick) {
  const element = make(kind, words);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

/** A button that asks once more before it does what cannot be undone; what goes wrong is said in its place. */
export function confirming(name, onConfirm) {
  let isSure = false;
  const element = button("button.quiet", word(name), async () => {
    if (!isSure) {
      isSure = true;
      element.textContent = word("confirmRemove");
      return;
    }
    try {
      await onConfirm();
    } catch (error) {
      element.textContent = error.message;
    }
  });
  return element;
}

/** makeShape("rect", { x: 1 }) → an element of SVG with these attributes */
export function makeShape(tag, attributes, ...children) {
  const element = document.createElementNS(find("shape").namespaceURI, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

export const find = (id) => document.getElementById(id);
