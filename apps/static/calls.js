// Speaks to the server: each call is one request.
const PATIENCE = 40_000; // ms

export class Unreachable extends Error {}

const address = (path) => new URL(path, document.baseURI);

// A call gives `{...}` or `{error}`; throws Unreachable where no answer of the desk arrives.
export async function call(name, sent = {}) {
  try {
    const response = await fetch(address(`chat/${name}`), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(sent),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json();
  } catch (error) {
    throw new Unreachable(String(error));
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
