// The published schema, made ready for a generator of types.
import { readFile } from "node:fs/promises";

const PUBLISHED = new URL("../node_modules/@openclaw/gateway-protocol/protocol.schema.json", import.meta.url);

// A definition smaller than this is not worth a name elsewhere: two short unions can be equal by chance.
const WORTH_A_NAME = 120;

export async function published() {
  return JSON.parse(await readFile(PUBLISHED, "utf8"));
}

// What the types cannot say, or what only makes them longer.
const UNSAID = new Set(["title", "description", "default", "if", "then", "else", "not", "minItems", "maxItems"]);

/** Without prose, and without rules over members that are listed anyway (one of the two, not both). */
function bare(node) {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== "object" || node === null) return node;
  const rules = node.properties === undefined ? [] : ["anyOf", "oneOf", "allOf"];
  const kept = {};
  for (const [key, value] of Object.entries(node)) {
    // A map: the one pattern that its keys must match says nothing about their type.
    if (key === "patternProperties") kept.additionalProperties = bare(Object.values(value)[0]);
    else if (key === "properties") kept.properties = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, bare(member)]));
    else if (!UNSAID.has(key) && !rules.includes(key)) kept[key] = bare(value);
  }
  return kept;
}

/** One text for equal schemas. */
function canonical(node) {
  if (Array.isArray(node)) return `[${node.map(canonical).join()}]`;
  if (typeof node !== "object" || node === null) return JSON.stringify(node);
  return `{${Object.keys(node).sort().map((key) => `${JSON.stringify(key)}:${canonical(node[key])}`).join()}}`;
}

/**
 * The definitions without prose, each of which refers to the others: as published, each repeats in full what it is
 * made of.
 */
export function definitions(schema) {
  const plain = Object.entries(schema.definitions).map(([name, node]) => [name, bare(node)]);
  const names = new Map();
  for (const [name, node] of plain) {
    const text = canonical(node);
    // Params of two methods can be equal by chance.
    if (text.length >= WORTH_A_NAME && !name.endsWith("Params") && !names.has(text)) names.set(text, name);
  }
  const refer = (node) => {
    if (Array.isArray(node)) return node.map(within);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, within(value)]));
  };
  const within = (node) => {
    const name = typeof node === "object" && node !== null ? names.get(canonical(node)) : undefined;
    return name === undefined ? refer(node) : { $ref: `#/definitions/${name}` };
  };
  return Object.fromEntries(plain.map(([name, node]) => [name, refer(node)]));
}
