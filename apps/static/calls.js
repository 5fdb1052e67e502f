// Speaks to Gradio: questions go through its queue, the rest are plain calls.
const SILENCE = 40_000; // ms; the queue sends a heartbeat every 15 s

export class Unreachable extends Error {}

let session = newSession();

function newSession() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const address = (path) => new URL(path, document.baseURI);

async function post(path, body) {
  let response;
  try {
    response = await fetch(address(path), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(SILENCE),
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (!response.ok) throw new Unreachable(`status ${response.status}`);
  return response.json();
}

// A call that is answered at once: `{...}` or `{error}`.
export async function call(name, ...data) {
  return (await post(`gradio_api/run/${name}`, { data })).data[0];
}

// A question: joins the queue, then reads the stream until its own answer is complete.
export async function ask(text) {
  const { dependencies } = window.gradio_config;
  const fn_index = dependencies.find((dependency) => dependency.api_name === "ask").id;
  try {
    const { event_id } = await post("gradio_api/queue/join", { data: [text], fn_index, session_hash: session });
    return await completed(event_id);
  } catch (error) {
    session = newSession(); // whatever is still under way for the old one must not reach the next question
    throw error;
  }
}

async function completed(event) {
  const stop = new AbortController();
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), SILENCE);
  };
  alive();
  try {
    const url = address(`gradio_api/queue/data?session_hash=${session}`);
    const response = await fetch(url, { headers: { accept: "text/event-stream" }, signal: stop.signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    for await (const message of messages(response.body)) {
      alive();
      if (message.msg === "process_completed" && message.event_id === event && message.success) return message.output.data[0];
      if (message.msg === "process_completed" && message.event_id === event) throw new Error("the call failed");
      if (message.msg === "unexpected_error") throw new Error(message.message);
    }
    throw new Error("the stream ended early");
  } catch (error) {
    throw new Unreachable(String(error));
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

async function* messages(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += value;
    const parts = buffer.split("\n\n");
    buffer = parts.pop();
    for (const part of parts) if (part.startsWith("data: ")) yield JSON.parse(part.slice(6));
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
