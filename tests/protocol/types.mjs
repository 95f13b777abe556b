// pkg/protocol.d.ts: a map of all methods, a map of all events, and what they are made of.
import { compile } from "json-schema-to-typescript";

const BANNER = `// Made by \`cargo xtask codegen\` from the published schema of the gateway and tests/protocol/links.json: not for editing.`;

// Short lines would double the number of lines, and nobody reads them one after the other.
const STYLE = { printWidth: 160, objectWrap: "collapse", bracketSpacing: true };

const reference = (name) => ({ $ref: `#/definitions/${name}` });

/** An object that has all these members and no others. */
function object(members) {
  return { type: "object", additionalProperties: false, required: Object.keys(members), properties: members };
}

const byName = (one, other) => (one.name < other.name ? -1 : 1);

export async function types(definitions, { methods, events }, { shapes, roots }) {
  const maps = {
    GatewayMethods: object(
      Object.fromEntries(
        methods.toSorted(byName).map(({ name, params = {}, result = {}, scope, since }) => {
          return [name, object({ params, result, scope: { const: scope }, since: { const: since } })];
        }),
      ),
    ),
    GatewayEvents: object(Object.fromEntries(events.toSorted(byName).map(({ name, payload = {} }) => [name, payload]))),
  };
  // One root that leads to everything: what it does not lead to is left out, and nothing is there twice.
  const root = {
    ...object({ methods: reference("GatewayMethods"), events: reference("GatewayEvents") }),
    definitions: { ...maps, ...definitions },
  };
  for (const name of roots) root.properties[name] = reference(name);
  const text = await compile(root, ROOT, {
    additionalProperties: false,
    bannerComment: "",
    style: STYLE,
  });
  const used = [...shapes].filter((name) => new RegExp(`\\b${name}\\b`).test(text)).sort();
  return `${BANNER}\nimport type { ${used.join(", ")} } from "./shapes.js";\n\n${withoutRoot(text)}`;
}

const ROOT = "GatewayProtocol";

// The root is only the way to the others.
function withoutRoot(text) {
  return text.replace(new RegExp(`^export interface ${ROOT} \\{[^]*?^\\}\n`, "m"), "").trimStart();
}
