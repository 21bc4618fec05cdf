// Answers as words to paste and conversations as Markdown, each with its sources.

import { citationLink } from "../page/links.js";
import { word } from "../page/words.js";
import { nameOf } from "./kept.js";

/** A question with its answer, its table as tab-separated lines and its sources, as plain text. */
export function asText({ question, result }) {
  const table = result.table ? [result.table.columns, ...result.table.rows.map((row) => row.cells)].map((cells) => cells.join("\t")) : [];
  const sources = result.citations.map((each) => `[${each.marker}] ${whereOf(each)}: “${each.quote}”\n    ${citationLink(each)}`);
  return [question, answerLines(result).join("\n"), table.join("\n"), sources.join("\n")].filter(Boolean).join("\n\n");
}

/** A conversation as Markdown; words of questions and reports are escaped, so that they stay words. */
export function asMarkdown(talk) {
  const day = new Date(talk.time ?? Date.now()).toISOString().slice(0, 10);
  const turns = talk.turns.filter((turn) => turn.result).map(turnAsMarkdown);
  return [`# ${escaped(nameOf(talk))}`, `${word("name")} · ${day}`, ...turns].join("\n\n") + "\n";
}

/** The lines of an answer that say something: those that only gather a table's markers are left out. */
export function answerLines({ answer, table }) {
  const lines = answer.split("\n").filter((line) => line.trim());
  return table ? lines.filter((line) => !/^(\[\d+\])+$/.test(line)) : lines;
}

/** How a citation names its place: title › section › page. */
export function whereOf(citation) {
  const parts = [citation.title || citation.source, citation.section.at(-1), citation.page ? word("page", citation.page) : ""];
  return [...parts, citation.ocr ? word("ocr") : ""].filter(Boolean).join(" › ");
}

function turnAsMarkdown({ question, result }) {
  const parts = [`## ${escaped(question)}`, ...answerLines(result).map((line) => linked(line, result.citations))];
  if (result.table) parts.push(tableAsMarkdown(result.table));
  const sources = result.citations.map((each) => `${each.marker}. [${escaped(whereOf(each))}](${citationLink(each)})  \n   “${escaped(each.quote)}”`);
  if (sources.length) parts.push(`**${word("sources")}**`, sources.join("\n"));
  return [...parts, ...result.notes.map((note) => `*${escaped(note)}*`)].join("\n\n");
}

function linked(line, citations) {
  return line.split(/(\[\d+\])/).map((piece) => {
    const citation = citations.find((each) => `[${each.marker}]` === piece);
    return citation ? `[${escaped(piece)}](${citationLink(citation)})` : escaped(piece);
  }).join("");
}

function tableAsMarkdown({ columns, rows }) {
  const line = (cells) => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(columns), `|${" --- |".repeat(columns.length)}`, ...rows.map((row) => line(row.cells))].join("\n");
}

const escaped = (words) => words.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|!~&]/g, "\\$&");
