// The WebAssembly module: one for the page, and all clients in it.
import load, { RawClient } from "../dist/clawline.js";
import { GatewayError } from "./error.js";

let loading;
let crash;
const clients = new Set();

// Node's `fetch` reads no files. Asked for in this way, the file system stays out of bundles for browsers.
async function fromDisk() {
  const files = globalThis.process?.getBuiltinModule?.("node:fs/promises");
  const place = files && new URL("../dist/clawline_bg.wasm", import.meta.url);
  return place?.protocol === "file:" ? files.readFile(place) : undefined;
}

async function start(source) {
  return load({ module_or_path: source ?? (await fromDisk()) });
}

/** Loads the module; a client does so by itself. */
export function init(source) {
  loading ??= start(source).then(
    (module) => {
      RawClient.onCrash(crashed);
      return module;
    },
    (error) => {
      // A flaky network now is no reason to fail for ever.
      loading = undefined;
      throw new GatewayError({ code: "wasm", message: `The WebAssembly module did not load: ${error?.message ?? error}` });
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
