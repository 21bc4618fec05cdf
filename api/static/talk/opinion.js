// What a reader thinks of an answer: a thumb at once, a comment after it if wanted.

import { button, make, makeShape } from "../page/dom.js";
import { postJson } from "../page/server.js";
import { word } from "../page/words.js";

const THUMB = "M7 11v10H3V11zM9 20V10l4-8c1.6.2 2.6 1.5 2.3 3l-.6 4h5.1c1.3 0 2.2 1.2 1.9 2.4l-1.7 7c-.2.9-1 1.6-2 1.6z";
// What /v1/feedback takes.
const [MAX_ANSWER_CHARS, MAX_CITATIONS, MAX_NAME_CHARS] = [20000, 100, 200];

/** The thumbs of a turn; history are the turns before it. */
export function makeOpinion(turn, history) {
  const box = make("span.opinion");
  const give = async (rating, comment = "") => {
    const { id, answer, understood, citations, status } = turn.result;
    const proof = citations.slice(0, MAX_CITATIONS).map(({ source, quote }) => ({ source: source.slice(0, MAX_NAME_CHARS), quote }));
    const about = { question: turn.question, answer: answer.slice(0, MAX_ANSWER_CHARS), status, citations: proof };
    const opinion = { id, rating, comment, ...about, places: understood.places, years: understood.years, history };
    try {
      await postJson("/v1/feedback", opinion);
      box.replaceChildren(make("span", word("thanks")), comment ? "" : commentForm((words) => give(rating, words)));
      box.querySelector("input")?.focus({ preventScroll: true });
    } catch (error) {
      box.replaceChildren(make("span", error.message));
    }
  };
  const thumbs = ["up", "down"].map((rating) => {
    const element = button("button.quiet.thumb", makeShape("svg", { viewBox: "0 0 24 24", class: rating }, makeShape("path", { d: THUMB })), () => give(rating));
    element.ariaLabel = element.title = word(rating === "up" ? "helpful" : "unhelpful");
    return element;
  });
  box.append(...thumbs);
  return box;
}

function commentForm(send) {
  const field = make("input.field");
  field.placeholder = field.ariaLabel = word("comment");
  field.maxLength = 2000;
  const form = make("form.comment", field, make("button.quiet", word("sendComment")));
  form.addEventListener("submit", (event) => { event.preventDefault(); if (field.value.trim()) send(field.value.trim()); });
  return form;
}
