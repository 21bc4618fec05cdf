// The note on a first run: no language model is set, what that means, and the lines that set one.

import { copying } from "./copying.js";
import { button, find, make } from "./dom.js";
import { word } from "./words.js";

const KEY = "report-qa.setup-read";
const SERVE = "report-qa serve";

/** Show or hide the note; model is what /v1/status tells of it: the command that gets one, and Ollama's models. */
export function drawSetup({ model }) {
  const note = find("setup");
  note.hidden = model.is_set || localStorage.getItem(KEY) !== null;
  if (note.hidden) return;
  const [first, ...others] = waysTo(model);
  const close = button("button.quiet.round", "✕", () => { localStorage.setItem(KEY, "1"); note.hidden = true; });
  close.ariaLabel = word("close");
  const rest = make("details", make("summary", word("setupOthers")), ...others);
  note.replaceChildren(make("h3", word("setupTitle")), close, make("p", word("setupText")), first, rest);
}

/** Where Ollama answers on this machine, it is the shortest way. */
function waysTo({ command, ollama }) {
  const fetched = way("setupLocal", command, SERVE);
  const served = way("setupOpenAI", "export REPORT_QA_LLM=openai:gpt-4o-mini REPORT_QA_LLM_API_KEY=sk-…", SERVE);
  if (!ollama) return [fetched, served];
  const lines = ollama.length ? [`export REPORT_QA_LLM=ollama:${ollama[0]}`] : ["ollama pull qwen3", "export REPORT_QA_LLM=ollama:qwen3"];
  return [way("setupOllama", ...lines, SERVE), fetched, served];
}

function way(name, ...lines) {
  const code = make("pre", make("code", lines.join("\n")));
  code.tabIndex = 0;
  code.ariaLabel = word(name);
  code.setAttribute("role", "region");
  return make("div.way", make("p.facts", word(name)), code, copying("copy", () => lines.join("\n")));
}
