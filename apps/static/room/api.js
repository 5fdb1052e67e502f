// The calls of the page. A failed one throws `Refused` with a sentence for people.
export class Refused extends Error {
  constructor(sentence, status, { parts = [], field = "" } = {}) {
    super(sentence);
    this.status = status;
    this.parts = parts; // what has to be confirmed first
    this.field = field; // the one of a form that is wrong, where that is known
  }
}

let check = "";
let signedOut = () => {};

export const address = (path) => new URL(`room/api/${path}`, document.baseURI);
export const remember = (me) => (check = me.check ?? "");
export const onSignedOut = (call) => (signedOut = call);

async function send(method, path, { body, refresh, headers = {} } = {}) {
  let response;
  try {
    response = await fetch(address(path), {
      method,
      body: body instanceof Blob || body === undefined ? body : JSON.stringify(body),
      headers: {
        ...(method === "GET" ? {} : { "x-room-check": check }),
        ...(body === undefined || body instanceof Blob ? {} : { "content-type": "application/json" }),
        ...(refresh ? { "x-room-refresh": "1" } : {}),
        ...headers,
      },
    });
  } catch {
    throw new Refused("The desk cannot be reached just now. Your text is still here; please try again.", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status === 401) signedOut();
  throw new Refused(answer.error ?? `That did not work (${response.status}).`, response.status, answer);
}

// `refresh` marks what the page asks by itself: it does not keep a session alive.
export const get = (path, options) => send("GET", path, options);
export const post = (path, body = {}) => send("POST", path, { body });
export const put = (path, blob) => send("PUT", path, { body: blob, headers: { "content-type": "application/octet-stream" } });

export function query(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

// A report, or one table of it, as a file to take along.
export const reportFile = (report, kind, values = {}) => new URL(`room/reports/${encodeURIComponent(report)}/${kind}${query(values)}`, document.baseURI);
