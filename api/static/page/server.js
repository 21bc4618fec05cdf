// Talking to the server. Nothing is ever read as HTML.

const KEY = "report-qa.key";
let askForKey = async () => "";

export class ServerError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Say how to get a key from the reader when the server wants one. */
export const onKeyNeeded = (ask) => { askForKey = ask; };

export async function request(path, options = {}) {
  const response = await fetch(path, { ...options, headers: headers(options) });
  if (response.status === 401) {
    const key = await askForKey();
    if (key) {
      sessionStorage.setItem(KEY, key);
      return request(path, options);
    }
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export const getJson = async (path) => (await request(path)).json();

export const postJson = async (path, body, options = {}) => request(path, { method: "POST", body: JSON.stringify(body), ...options });

/** Ask and call onEvent(name, value) for each step; a server or proxy that cannot stream is asked plainly. */
export async function ask(body, onEvent, signal) {
  let started = false;
  try {
    const response = await postJson("/v1/ask/stream", body, { signal });
    for await (const [name, value] of readEvents(response.body)) {
      started = true;
      onEvent(name, value);
      if (name === "done" || name === "error") return;
    }
  } catch (error) {
    if (signal.aborted || started || (error instanceof ServerError && ![404, 405, 501].includes(error.status))) throw error;
  }
  onEvent("done", await (await postJson("/v1/ask", body, { signal })).json());
}

function headers(options) {
  const key = sessionStorage.getItem(KEY);
  const kind = typeof options.body === "string" ? { "Content-Type": "application/json" } : {};
  return { ...kind, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
}

async function failure(response) {
  try {
    return new ServerError(response.status, (await response.json()).detail || response.statusText);
  } catch {
    return new ServerError(response.status, response.statusText);
  }
}

async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7) ?? "message";
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (data) yield [name, JSON.parse(data)];
    }
  }
}
