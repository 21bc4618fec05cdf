// Deep links: #q=… asks a question, #report=…&start=…&end=… opens a report at a citation.

export function questionLink({ question, scope }) {
  const values = new URLSearchParams({ q: question });
  for (const place of scope?.places ?? []) values.append("place", place);
  for (const year of scope?.years ?? []) values.append("year", year);
  return whole(values);
}

export function citationLink({ report_id: report, start, end }) {
  return whole(new URLSearchParams(start >= 0 ? { report, start, end } : { report }));
}

/** Read the address: { question, scope } or { citation }, or neither. */
export function readLink() {
  const values = new URLSearchParams(location.hash.slice(1));
  if (values.has("report")) {
    const [start, end] = ["start", "end"].map((name) => Number.parseInt(values.get(name) ?? "-1", 10));
    return { citation: { report_id: values.get("report"), start, end } };
  }
  const years = values.getAll("year").map(Number).filter(Number.isInteger);
  return { question: values.get("q") ?? "", scope: scopeOf(values.getAll("place"), years) };
}

/** The limits that are sent with a question; null where there are none. */
export function scopeOf(places, years) {
  return places.length || years.length ? { ...(places.length && { places }), ...(years.length && { years }) } : null;
}

/** Let the address say what is shown, without a step in the browser's history. */
export function showLink(link) {
  history.replaceState(null, "", link ?? location.pathname);
}

const whole = (values) => `${location.origin}${location.pathname}#${values}`;
