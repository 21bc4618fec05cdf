// The list of reports, adding to it and taking from it.

import { button, confirming, find, make } from "../page/dom.js";
import { getJson, request } from "../page/server.js";
import { word } from "../page/words.js";
import { forgetReport, openReport } from "./reader.js";

const POLL_MILLISECONDS = 400;
let reports = [];

/** Wire the sheet; onChange is called when reports came or went. */
export function setUpShelf(onChange) {
  find("show-reports").addEventListener("click", () => { drawReports(onChange); find("reports-sheet").showModal(); });
  find("close-reports").addEventListener("click", () => find("reports-sheet").close());
  find("filter").addEventListener("input", () => drawReports(onChange));
  find("file").addEventListener("change", (event) => addAll(event.target, onChange));
  const drop = find("drop");
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop") for (const file of event.dataTransfer.files) add(file, onChange);
    });
  }
}

export async function loadReports(onChange) {
  reports = (await getJson("/v1/reports")).reports;
  find("num-reports").textContent = String(reports.length);
  drawReports(onChange);
}

/** The places that reports speak for, and the years they speak of, the latest first. */
export const knownPlaces = () => [...new Set(reports.map((report) => report.place).filter(Boolean))].sort((one, other) => one.localeCompare(other, "zh"));

export const knownYears = () => [...new Set(reports.flatMap((report) => report.years))].sort((one, other) => other - one).map(String);

export const yearsOf = (place) => reports.filter((report) => report.place === place).flatMap((report) => report.years);

function drawReports(onChange) {
  const wanted = find("filter").value.trim().toLowerCase();
  const words = (report) => [report.title, report.source, report.place, ...report.years].join(" ").toLowerCase();
  const shown = reports.filter((report) => words(report).includes(wanted));
  const items = shown.map((report) => reportItem(report, onChange));
  find("reports").replaceChildren(...(items.length ? items : [make("li.note", reports.length ? "—" : word("noReports"))]));
}

function reportItem(report, onChange) {
  const facts = [report.place, report.years.join("、"), word(report.kind), report.source].filter(Boolean).join(" · ");
  const open = button("button.report", make("strong", report.title || report.source), async () => {
    find("reports-sheet").close();
    await openReport(report.report_id);
  });
  open.append(make("span.facts", facts));
  const twin = report.near_duplicate_of ? make("span.note", word("duplicate")) : "";
  return make("li", open, twin, removeButton(report, onChange));
}

function removeButton(report, onChange) {
  return confirming("remove", async () => {
    await request(`/v1/reports/${encodeURIComponent(report.report_id)}`, { method: "DELETE" });
    forgetReport(report.report_id);
    await onChange();
  });
}

async function addAll(input, onChange) {
  await Promise.all([...input.files].map((file) => add(file, onChange)));
  input.value = "";
}

async function add(file, onChange) {
  const state = make("span", word("queued"));
  const item = make("li", make("strong", file.name), " ", state);
  find("jobs").append(item);
  try {
    const body = new FormData();
    body.append("file", file);
    const { job_id: jobId } = await (await request("/v1/reports", { method: "POST", body })).json();
    await follow(jobId, state, item);
    await onChange();
  } catch (error) {
    item.className = "refused";
    state.textContent = error.message;
  }
}

async function follow(jobId, state, item) {
  for (;;) {
    const job = await getJson(`/v1/jobs/${encodeURIComponent(jobId)}`);
    const share = job.status === "running" ? ` ${Math.round(100 * job.progress)}%` : "";
    state.textContent = [word(job.status) + share, job.reason].filter(Boolean).join(": ");
    item.className = job.status;
    if (job.status === "done" || job.status === "refused") return;
    await new Promise((resolve) => { setTimeout(resolve, POLL_MILLISECONDS); });
  }
}
