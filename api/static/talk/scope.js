// What a question was understood to mean, as chips: other places and years are chosen, and it is asked again.

import { button, make } from "../page/dom.js";
import { scopeOf } from "../page/links.js";
import { word } from "../page/words.js";
import { knownPlaces, knownYears } from "../report/shelf.js";

/** The chips of a turn; again(question, scope, isAlone) asks it again within what was chosen, alone without the turns before. */
export function makeMeant(turn, again) {
  const kinds = [
    { name: "places", values: [...turn.understood.places], before: [...turn.understood.places], known: knownPlaces },
    { name: "years", values: turn.understood.years.map(String), before: turn.understood.years.map(String), known: knownYears },
  ];
  const row = make("div.meant");
  row.setAttribute("role", "group");
  row.ariaLabel = word("meant");
  const draw = (inFocus = "") => {
    const chips = [...kinds.flatMap((kind) => chipsOf(kind, turn, draw)), ...kinds.flatMap((kind) => adding(kind, draw))];
    const ask = button("button.again", word("askWithin"), () => again(reworded(turn.question, kinds), ...chosenScope(turn, kinds)));
    row.replaceChildren(...chips, kinds.some(isChanged) ? ask : "");
    if (inFocus) row.querySelector(inFocus)?.focus();
  };
  draw();
  return row;
}

function chipsOf(kind, turn, draw) {
  return kind.values.map((value, index) => {
    const others = kind.known().filter((each) => each === value || !kind.values.includes(each));
    const choose = select(others.includes(value) ? others : [value, ...others], word(kind.name), (chosen) => {
      kind.values[index] = chosen;
      draw(placeOf(kind, index));
    });
    choose.value = value;
    choose.dataset.at = kind.name + index;
    const remove = button("button.remove", "✕", () => { kind.values.splice(index, 1); draw(".again"); });
    remove.ariaLabel = `${word("removeChip")} ${value}`;
    return make(isLimit(value, kind, turn) ? "span.chip.limit" : "span.chip", choose, kind.values.length > 1 || canGo(value, kind, turn) ? remove : "");
  });
}

function adding(kind, draw) {
  const rest = kind.known().filter((each) => !kind.values.includes(each));
  const add = select(["", ...rest], word("addChip", word(kind.name)), (chosen) => {
    kind.values.push(chosen);
    draw(placeOf(kind, kind.values.length - 1));
  });
  add.options[0].textContent = `+ ${word(kind.name)}`;
  return rest.length ? [make("span.chip.add", add)] : [];
}

const placeOf = (kind, index) => `[data-at="${kind.name}${index}"]`;

function select(values, label, onChoose) {
  const element = make("select", ...values.map((value) => new Option(value, value)));
  element.ariaLabel = label;
  element.addEventListener("change", () => onChoose(element.value));
  return element;
}

const isChanged = ({ values, before }) => values.join() !== before.join();

/** The last one goes unless the question's own words name it, for then it would come back. */
const canGo = (value, kind, turn) => !kind.before.includes(value) || isLimit(value, kind, turn) || !nameIn(turn.question, value);

const isLimit = (value, { name }, { scope }) => Boolean(scope?.[name]?.map(String).includes(value));

/** Limits of the kinds that were changed or limited before; and whether what was taken out came from the turns before. */
function chosenScope(turn, kinds) {
  const isGone = (value, kind) => !kind.values.length && !isLimit(value, kind, turn);
  const isAlone = Boolean(turn.isAlone) || kinds.some((kind) => kind.before.some((value) => isGone(value, kind)));
  const isSent = (kind) => isChanged(kind) || turn.scope?.[kind.name] || (isAlone && !kind.values.every((value) => nameIn(turn.question, value)));
  const [places, years] = kinds.map((kind) => (isSent(kind) ? kind.values : []));
  return [scopeOf(places, years.map(Number)), isAlone];
}

/** The question with a name in it that was changed for another: what stands in its words would speak against the limit. */
export function reworded(question, kinds) {
  const pairs = kinds.flatMap(({ values, before }) => (values.length === before.length ? before.map((old, index) => [old, values[index]]) : []));
  return pairs.filter(([old, chosen]) => old !== chosen).reduce((words, [old, chosen]) => {
    const name = nameIn(words, old);
    return name ? words.replaceAll(name, chosen) : words;
  }, question);
}

/** Whether something that a question was understood to mean stands in none of its words: it came from the turns before. */
export const isInherited = ({ question, understood: { places, years } }) => [...places, ...years.map(String)].some((each) => !nameIn(question, each));

/** How words name a place or year: whole, or a place without its kind (云汀 for 云汀县); undefined where they do not. */
const nameIn = (words, value) => [value, value.length > 2 && !/\d/.test(value) ? value.slice(0, -1) : value].find((each) => words.includes(each));
