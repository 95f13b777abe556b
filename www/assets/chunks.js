// Chunks of the program: what of its wasm is loaded only when it is needed. A
// chunk fits the program of the same build and no other one, so it is run only
// when its digest is the one that the build has written down.
// The build makes this of what the program was cut into: name → { url, digest } or { bytes }.
import CHUNKS from "chunks";

const PATIENCE_MS = 60_000;

/** What was asked for before the program wanted it. */
const ahead = new Map();
let isForeign = false;

/** Begins to load a chunk, if there is one of this name. */
export function fetchAhead(name) {
  if (Object.hasOwn(CHUNKS, name) && !ahead.has(name)) {
    const bytes = fetchChunk(name);
    bytes.catch(() => {}); // Whoever takes it hears of it.
    ahead.set(name, bytes);
  }
}

/** The bytes of a chunk, for the loader that the program comes with. Fails where they cannot be had. */
export function chunk(name) {
  const bytes = ahead.get(name) ?? fetchChunk(name);
  ahead.delete(name);
  return bytes;
}

/** Whether the server had something else in the place of the last chunk that failed. */
export function isOutdated() {
  return isForeign;
}

/** Waits, at most until the network comes back. */
export function pause(ms) {
  return new Promise((done) => {
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
    function end() {
      clearTimeout(timer);
      removeEventListener("online", end);
      done();
    }
  });
}

async function fetchChunk(name) {
  const { url, digest, bytes } = CHUNKS[name];
  if (bytes) {
    return bytes;
  }
  const place = new URL(url, import.meta.url);
  const checked = async (cache) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return bytesOf(await fetch(place, { integrity: digest, cache, signal }));
  };
  try {
    return await checked("default");
  } catch (error) {
    console.error(`${place.pathname}: ${error}`);
  }
  // A copy on the way may be broken.
  try {
    return await checked("reload");
  } catch {
    isForeign = false;
  }
  const isThere = await isAnotherThere(place);
  try {
    // The network may have come back just before it was asked.
    return await checked("reload");
  } catch (error) {
    isForeign = isThere && error.name !== "TimeoutError";
    throw error;
  }
}

async function bytesOf(response) {
  if (!response.ok) {
    throw new Error(`${response.url}: ${response.status}`);
  }
  return response.arrayBuffer();
}

// A server that is ill says so, and will be well again; one that is well and has
// no such file, or another one, has another build of the page.
async function isAnotherThere(place) {
  try {
    const { ok, status } = await fetch(place, { method: "HEAD", cache: "no-store" });
    return ok || status === 404 || status === 410;
  } catch {
    return false;
  }
}
