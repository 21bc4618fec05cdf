// The note on a first run: no language model is set, what that means, and the lines that set one.

import { copying } from "./copying.js";
import { button, find, make } from "./dom.js";
import { word } from "./words.js";

const KEY = "report-qa.setup-read";

/** Show or hide the note; status is that of /v1/status. */
export function drawSetup(status) {
  const note = find("setup");
  note.hidden = status.answered_by !== "evidence" || localStorage.getItem(KEY) !== null;
  const ways = [
    way("setupLocal", "report-qa model get qwen3-4b", "report-qa serve"),
    way("setupOpenAI", "export REPORT_QA_LLM=openai:gpt-4o-mini REPORT_QA_LLM_API_KEY=sk-…", "report-qa serve"),
  ];
  const close = button("button.quiet.round", "✕", () => { localStorage.setItem(KEY, "1"); note.hidden = true; });
  close.ariaLabel = word("close");
  const others = make("details", make("summary", word("setupOthers")), ...ways.slice(1));
  note.replaceChildren(make("h3", word("setupTitle")), close, make("p", word("setupText")), ways[0], others);
}

function way(name, ...lines) {
  const code = make("pre", make("code", lines.join("\n")));
  code.tabIndex = 0;
  code.ariaLabel = word(name);
  code.setAttribute("role", "region");
  return make("div.way", make("p.facts", word(name)), code, copying("copy", () => lines.join("\n")));
}
