// What a question was understood to mean, as chips: other places and years are chosen, and it is asked again.

import { button, make } from "./dom.js";
import { scopeOf } from "./links.js";
import { knownPlaces, knownYears } from "./shelf.js";
import { word } from "./words.js";

/** The chips of a turn; reask(question, scope) asks it again within what was chosen. */
export function makeMeant(turn, reask) {
  const kinds = [
    { name: "places", values: [...turn.understood.places], before: [...turn.understood.places], known: knownPlaces },
    { name: "years", values: turn.understood.years.map(String), before: turn.understood.years.map(String), known: knownYears },
  ];
  const row = make("div.meant");
  row.setAttribute("role", "group");
  row.ariaLabel = word("meant");
  const draw = () => {
    const again = button("button.again", word("askWithin"), () => reask(reworded(turn.question, kinds), chosenScope(turn, kinds)));
    const chips = [...kinds.flatMap((kind) => chipsOf(kind, turn, draw)), ...kinds.flatMap((kind) => adding(kind, draw))];
    row.replaceChildren(...chips, kinds.some(isChanged) ? again : "");
  };
  draw();
  return row;
}

function chipsOf(kind, turn, draw) {
  return kind.values.map((value, index) => {
    const choose = select([value, ...kind.known().filter((each) => !kind.values.includes(each))], word(kind.name), (chosen) => {
      kind.values[index] = chosen;
      draw();
    });
    const remove = button("button.remove", "✕", () => { kind.values.splice(index, 1); draw(); });
    remove.ariaLabel = `${word("removeChip")} ${value}`;
    // The last one goes only where a limit brought it: what the question's own words name would come back.
    const isLimit = turn.scope?.[kind.name]?.map(String).includes(value);
    return make("span.chip", choose, kind.values.length > 1 || isLimit || !kind.before.includes(value) ? remove : "");
  });
}

function adding(kind, draw) {
  const rest = kind.known().filter((each) => !kind.values.includes(each));
  const add = select(["", ...rest], word("addChip", word(kind.name)), (chosen) => { kind.values.push(chosen); draw(); });
  add.options[0].textContent = `+ ${word(kind.name)}`;
  return rest.length ? [make("span.chip.add", add)] : [];
}

function select(values, label, onChoose) {
  const element = make("select", ...values.map((value) => new Option(value, value)));
  element.ariaLabel = label;
  element.addEventListener("change", () => onChoose(element.value));
  return element;
}

const isChanged = ({ values, before }) => values.join() !== before.join();

/** Limits of the kinds that were changed, and those that were set before. */
function chosenScope({ scope }, kinds) {
  const [places, years] = kinds.map((kind) => (isChanged(kind) || scope?.[kind.name] ? kind.values : []));
  return scopeOf(places, years.map(Number));
}

/** The question with a name in it that was changed for another: what stands in its words would speak against the limit. */
export function reworded(question, kinds) {
  const pairs = kinds.flatMap(({ values, before }) => (values.length === before.length ? before.map((old, index) => [old, values[index]]) : []));
  return pairs.filter(([old, chosen]) => old !== chosen).reduce((words, [old, chosen]) => {
    const name = [old, old.length > 2 ? old.slice(0, -1) : old].find((each) => words.includes(each));
    return name ? words.replaceAll(name, chosen) : words;
  }, question);
}
