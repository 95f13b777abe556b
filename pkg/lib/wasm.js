// The WebAssembly module: one for the page, and all clients in it.
import load, { RawClient } from "../dist/clawline.js";
import { GatewayError } from "./error.js";

// When a module that did not load is asked for again.
const AGAIN_MS = [500, 2_000, 6_000];

let loading;
let crash;
const clients = new Set();

// Node's `fetch` reads no files. Asked for in this way, the file system stays out of bundles for browsers.
async function fromDisk() {
  const files = globalThis.process?.getBuiltinModule?.("node:fs/promises");
  const place = files && new URL("../dist/clawline_bg.wasm", import.meta.url);
  return place?.protocol === "file:" ? files.readFile(place) : undefined;
}

// Vite's dev server copies this code into a folder of its own, and not always the .wasm: that is in the package then,
// which stands beside that folder. Where other packages share it, only the app can say where it is.
const [, PACKAGES] = /^(https?:.*\/node_modules\/)\.[^/]+\/(?:.*\/)?deps\/[^/]*$/.exec(import.meta.url) ?? [];
const isCopied = /\/deps\/[^/]*$/.test(import.meta.url);
const EXCLUDE = 'Put `optimizeDeps: { exclude: ["clawline"] }` into your vite.config.js.';

async function fromPackage() {
  const answer = PACKAGES && (await fetch(`${PACKAGES}clawline/dist/clawline_bg.wasm`));
  return answer?.ok && answer.headers.get("content-type") === "application/wasm" ? answer : undefined;
}

async function start(source) {
  return load({ module_or_path: source ?? (await fromDisk()) ?? (await fromPackage()) });
}

// A network that fails for a moment throws a TypeError. It costs a page its
// client no more than a lost connection does; what is wrong for good is told
// at once. A `Response` can be read only once.
async function startPatiently(source) {
  const mayRepeat = source === undefined || typeof source === "string" || source instanceof URL;
  for (const wait of mayRepeat ? AGAIN_MS : []) {
    try {
      return await start(source);
    } catch (why) {
      if (!(why instanceof TypeError)) throw why;
    }
    await new Promise((later) => setTimeout(later, wait));
  }
  return start(source);
}

/** Loads the module; a client does so by itself. */
export function init(source) {
  loading ??= startPatiently(source).then(
    (module) => {
      RawClient.onCrash(crashed);
      return module;
    },
    (error) => {
      // A flaky network now is no reason to fail for ever.
      loading = undefined;
      const advice = isCopied ? EXCLUDE : undefined;
      throw new GatewayError({ code: "wasm", message: `The WebAssembly module did not load: ${error?.message ?? error}`, advice });
    },
  );
  return loading;
}

/** Calls `tell(error)` when the module breaks, which is the end of all clients; returns what ends that. */
export function onCrash(tell) {
  if (crash !== undefined) tell(crash);
  clients.add(tell);
  return () => clients.delete(tell);
}

function crashed(where) {
  if (crash !== undefined) return;
  crash = new GatewayError({ code: "crashed", message: `clawline has met a bug of its own and stopped (${where}).` });
  for (const tell of [...clients]) tell(crash);
}

/**
 * Calls into the module. Rust throws plain objects with a code; everything
 * else is what it is.
 */
export function enter(work) {
  try {
    return work();
  } catch (error) {
    throw raised(error);
  }
}

export function raised(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    crashed(error.message);
    return crash;
  }
  return typeof error?.code === "string" && !(error instanceof Error) ? new GatewayError(error) : error;
}

export { RawClient };
