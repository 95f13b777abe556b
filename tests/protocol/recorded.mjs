// Recorded traffic as TypeScript: what a gateway once took, answered or sent must have the type that we say it has.
// Line n of a file is line n of its recording.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";

const RECORDINGS = new URL("../conformance/recordings/", import.meta.url);
const PLACE = new URL("../types/recorded/", import.meta.url);

// A result may have members that the type has not, so it is inferred, not checked as a literal of that type. Params
// may not: the gateway refuses what it does not know.
const CHECKS = `import type { GatewayEvents, GatewayMethods } from "clawline";
declare function event<E extends keyof GatewayEvents>(name: E): <T extends GatewayEvents[E]>(payload: T) => void;
declare function result<M extends keyof GatewayMethods>(method: M): <T extends GatewayMethods[M]["result"]>(payload: T) => void;
declare function params<M extends keyof GatewayMethods>(method: M, params: GatewayMethods[M]["params"]): void;
export { event, params, result };
`;

/**
 * What each line of each recording shows of the protocol: an event, or a request with its answer. Only what the
 * gateway took shows what it takes.
 */
async function* recordings() {
  for (const name of await readdir(RECORDINGS)) {
    const asked = new Map();
    const lines = (await readFile(new URL(name, RECORDINGS), "utf8")).trim().split("\n");
    const shown = lines.map((line) => {
      const { c, dir, frame } = JSON.parse(line);
      const id = `${c} ${frame?.id}`;
      if (frame?.type === "req" && dir === "out") asked.set(id, frame);
      if (frame?.type === "event") return { event: frame.event, payload: frame.payload };
      if (frame?.type === "res" && frame.ok === true && asked.has(id)) return { ...asked.get(id), payload: frame.payload };
      return {};
    });
    yield { name, shown };
  }
}

/** The methods and events that occur in recordings. */
export async function recordedNames() {
  const names = { methods: new Set(), events: new Set() };
  for await (const { shown } of recordings()) {
    for (const { event, method } of shown) {
      if (event !== undefined) names.events.add(event);
      if (method !== undefined) names.methods.add(method);
    }
  }
  return names;
}

/** The line that checks a frame; empty for what has no type. */
function check({ event, method, params, payload }, known) {
  if (known.events.has(event)) return `event("${event}")(${JSON.stringify(payload)});`;
  if (!known.methods.has(method)) return "";
  return `params("${method}", ${JSON.stringify(params)}); result("${method}")(${JSON.stringify(payload)});`;
}

export async function writeRecorded({ methods, events }) {
  const known = {
    methods: new Set(methods.map(({ name }) => name)),
    events: new Set(events.map(({ name }) => name)),
  };
  await rm(PLACE, { recursive: true, force: true });
  await mkdir(PLACE, { recursive: true });
  await writeFile(new URL("checks.ts", PLACE), CHECKS);
  for await (const { name, shown } of recordings()) {
    const checks = shown.map((one) => check(one, known));
    const text = [...checks, `import { event, params, result } from "./checks.js";`, "void [event, params, result];", ""].join("\n");
    await writeFile(new URL(name.replace(/\.jsonl$/, ".ts"), PLACE), text);
  }
}
