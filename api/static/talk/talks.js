// The sheet of conversations kept in this browser: opened, named, saved as Markdown, deleted.

import { button, confirming, find, make } from "../page/dom.js";
import { save } from "../page/leaving.js";
import { currentLanguage, word } from "../page/words.js";
import { dropTalk, keptTalks, nameOf, renameTalk } from "./kept.js";
import { isOpen, showTalk, startAnew } from "./talk.js";
import { asMarkdown } from "./writing.js";

export function setUpTalks() {
  find("show-talks").addEventListener("click", () => { draw(); find("talks-sheet").showModal(); });
  find("close-talks").addEventListener("click", () => find("talks-sheet").close());
}

function draw() {
  const items = keptTalks().map(talkItem);
  find("talks").replaceChildren(...(items.length ? items : [make("li.note", word("noTalks"))]));
}

function talkItem(talk) {
  const day = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium", timeStyle: "short" }).format(talk.time);
  const open = button("button.report", make("strong", nameOf(talk)), () => {
    find("talks-sheet").close();
    showTalk(talk);
  });
  open.append(make("span.facts", `${day} · ${word("numQuestions", talk.turns.length)}`));
  const remove = confirming("remove", () => {
    dropTalk(talk.id);
    if (isOpen(talk.id)) startAnew();
    draw();
  });
  const item = make("li", open);
  const rename = button("button.quiet", word("rename"), () => item.firstChild.replaceWith(nameForm(talk)));
  const write = button("button.quiet", word("saveMarkdown"), () => save(`${nameOf(talk).slice(0, 60)}.md`, asMarkdown(talk), "text/markdown"));
  item.append(make("span.actions", rename, write, remove));
  return item;
}

function nameForm(talk) {
  const field = make("input.field");
  field.value = nameOf(talk);
  field.ariaLabel = word("rename");
  const form = make("form", field);
  form.addEventListener("submit", (event) => { event.preventDefault(); renameTalk(talk, field.value); draw(); });
  field.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); draw(); } });
  requestAnimationFrame(() => { field.focus(); field.select(); });
  return form;
}
