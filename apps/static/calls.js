// Speaks to the server: each call is one request.
const PATIENCE = 40_000; // ms
const LINES = "application/x-ndjson";

export class Unreachable extends Error {}

const address = (path) => new URL(path, document.baseURI);

// A call gives `{...}` or `{error}`; throws Unreachable where no answer of the desk arrives. `part`, where it is
// given, gets what may be shown of an answer that is still being written, each time more of it.
export async function call(name, sent = {}, part = null) {
  try {
    const response = await fetch(address(`chat/${name}`), {
      method: "POST",
      headers: { "content-type": "application/json", ...(part && { accept: LINES }) },
      body: JSON.stringify(sent),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    if (!response.headers.get("content-type")?.startsWith(LINES)) return await response.json();
    for await (const line of lines(response.body)) {
      if (!("part" in line)) return line;
      part(line.part);
    }
    throw new Error("the line broke before the answer was whole");
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const whole = (rest + value).split("\n");
    rest = whole.pop();
    for (const line of whole) yield JSON.parse(line);
  }
}

export async function isUp() {
  try {
    const response = await fetch(address("healthz"), { cache: "no-store", signal: AbortSignal.timeout(4000) });
    return "state" in (await response.json()); // an answer of our own, not of a proxy before us
  } catch {
    return false;
  }
}
