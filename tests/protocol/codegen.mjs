// Writes the typed half of the npm package; with --check it only says what it would write otherwise.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { announced, fill, link, written } from "./link.mjs";
import { definitions, published } from "./schema.mjs";
import { methods } from "./methods.mjs";
import { scopes } from "./scopes.mjs";
import { types } from "./types.mjs";

const ROOT = new URL("../../", import.meta.url);

/** All that is made, by its place in the repository, and what it was made of. */
export async function generate() {
  const [schema, ours, events] = await Promise.all([published(), written(), announced()]);
  const known = definitions(schema);
  fill(known, ours);
  const linked = link(schema, known, ours, events);
  const files = {
    "pkg/protocol.d.ts": await types(known, linked, ours),
    "pkg/lib/scopes.js": scopes(linked.methods),
    "crates/core/src/wire/methods.rs": methods(linked.methods, ours.links.rust),
  };
  return { files, linked, links: ours.links };
}

/** The files that are not what they would be. */
export async function stale(files) {
  const old = [];
  for (const [name, text] of Object.entries(files)) {
    if ((await readFile(new URL(name, ROOT), "utf8").catch(() => undefined)) !== text) old.push(name);
  }
  return old;
}

/** How much has types. */
export function coverage({ methods, events }) {
  const count = (all, member) => `${all.filter((one) => one[member] !== undefined).length} of ${all.length}`;
  return `params ${count(methods, "params")}, results ${count(methods, "result")}, events ${count(events, "payload")}`;
}

if (import.meta.filename === process.argv[1]) {
  const { files, linked } = await generate();
  console.log(coverage(linked));
  const old = await stale(files);
  if (process.argv.includes("--check")) {
    if (old.length > 0) {
      console.error(`error: not what the schema and tests/protocol/links.json come to: ${old.join(", ")}; run \`cargo xtask codegen\``);
      process.exit(1);
    }
  } else {
    for (const [name, text] of Object.entries(files)) {
      const place = new URL(name, ROOT);
      await mkdir(new URL("./", place), { recursive: true });
      await writeFile(place, text);
    }
    console.log(old.length > 0 ? `written: ${old.join(", ")}` : "nothing has changed");
  }
}
