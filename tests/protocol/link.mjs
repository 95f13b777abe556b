// Which types a method or an event has: by its name, or as links.json says.
import { readFile } from "node:fs/promises";

const LINKS = new URL("links.json", import.meta.url);
const SHAPES = new URL("../../pkg/shapes.d.ts", import.meta.url);
const HELLO = new URL("../conformance/recordings/connect-ok.jsonl", import.meta.url);

/** What we wrote down ourselves: the links, and the names of the hand-written types. */
export async function written() {
  const shapes = await readFile(SHAPES, "utf8");
  return {
    links: JSON.parse(await readFile(LINKS, "utf8")),
    shapes: new Set([...shapes.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name)),
    // What the shapes are made of must be there, even where no method leads to it.
    roots: [...(shapes.match(/^import type \{([^}]*)\} from "\.\/protocol\.js"/m)?.[1] ?? "").matchAll(/\w+/g)].map(([name]) => name),
  };
}

/** The events that a gateway announces in its hello. */
export async function announced() {
  const frames = (await readFile(HELLO, "utf8")).trim().split("\n").map((line) => JSON.parse(line).frame);
  return frames.find((frame) => frame?.payload?.type === "hello-ok").payload.features.events;
}

const plain = (name) => name.replace(/[^a-z0-9]/gi, "").toLowerCase();

// An interface without members would accept anything.
const isEmpty = (definition) => definition?.properties !== undefined && Object.keys(definition.properties).length === 0;

/** A type by its name, as a schema: a definition, a hand-written shape, or an array of them; `undefined` for none. */
export function named(name, { definitions, shapes }) {
  if (name.endsWith("[]")) return { type: "array", items: named(name.slice(0, -2), { definitions, shapes }) };
  if (shapes.has(name)) return { tsType: name };
  const definition = definitions[name];
  if (name.endsWith("Params") && isEmpty(definition)) return { tsType: "NoParams" };
  if (definition !== undefined) return { $ref: `#/definitions/${name}` };
  throw new Error(`links.json names ${name}, which is neither in the published schema nor in pkg/shapes.d.ts`);
}

/** Puts hand-written types in the place of members that the schema leaves open. */
export function fill(definitions, { links, shapes }) {
  for (const [path, type] of Object.entries(links.members)) {
    const [name, ...members] = path.split(".");
    const last = members.pop();
    let node = definitions[name];
    for (const member of members) node = node?.properties?.[member] ?? node?.[member];
    if (node?.properties?.[last] === undefined) throw new Error(`links.json fills ${path}, which is not in the published schema`);
    node.properties[last] = named(type, { definitions, shapes });
  }
}

/** Whether params have an idempotency key. */
function hasKey(params, definitions) {
  const definition = definitions[params?.$ref?.split("/").at(-1)];
  return definition?.properties?.idempotencyKey !== undefined;
}

/** For each method and event its types, `undefined` where there is none. */
export function link(schema, definitions, { links, shapes }, events) {
  const byName = new Map(Object.keys(definitions).map((name) => [plain(name), name]));
  const linked = (kind, name, guess) => {
    const found = byName.get(plain(guess));
    const said = links[kind][name];
    if (said != null && said === found) throw new Error(`links.json need not link ${name} to ${said}: its name does`);
    const type = said ?? found;
    return type === undefined ? undefined : named(type, { definitions, shapes });
  };
  const methods = Object.entries(schema.methods).map(([name, { scope, since }]) => {
    const params = linked("params", name, `${name}Params`);
    const result = linked("results", name, `${name}Result`);
    return { name, scope, since, params, result, keyed: hasKey(params, definitions) };
  });
  const known = { params: new Set(Object.keys(schema.methods)), results: new Set(Object.keys(schema.methods)), events: new Set(events) };
  for (const [kind, names] of Object.entries(known)) {
    for (const name of Object.keys(links[kind])) {
      if (!names.has(name)) throw new Error(`links.json links ${name} (${kind}), which is not there any more`);
    }
  }
  return { methods, events: events.map((name) => ({ name, payload: linked("events", name, `${name}Event`) })) };
}
