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

/** The line that checks a frame; empty for what has no type. */
function check({ c, dir, frame }, asked, known) {
  if (frame?.type === "req" && dir === "out") asked.set(`${c} ${frame.id}`, frame);
  if (frame?.type === "event" && known.events.has(frame.event)) return `event("${frame.event}")(${JSON.stringify(frame.payload)});`;
  if (frame?.type !== "res" || frame.ok !== true) return "";
  const { method, params } = asked.get(`${c} ${frame.id}`) ?? {};
  if (!known.methods.has(method)) return "";
  // Only what the gateway took shows what it takes.
  return `params("${method}", ${JSON.stringify(params)}); result("${method}")(${JSON.stringify(frame.payload)});`;
}

export async function writeRecorded({ methods, events }) {
  const known = {
    methods: new Set(methods.map(({ name }) => name)),
    events: new Set(events.map(({ name }) => name)),
  };
  await rm(PLACE, { recursive: true, force: true });
  await mkdir(PLACE, { recursive: true });
  await writeFile(new URL("checks.ts", PLACE), CHECKS);
  for (const name of await readdir(RECORDINGS)) {
    const asked = new Map();
    const lines = (await readFile(new URL(name, RECORDINGS), "utf8")).trim().split("\n");
    const checks = lines.map((line) => check(JSON.parse(line), asked, known));
    const text = [...checks, `import { event, params, result } from "./checks.js";`, "void [event, params, result];", ""].join("\n");
    await writeFile(new URL(name.replace(/\.jsonl$/, ".ts"), PLACE), text);
  }
}
