// pkg/lib/scopes.js: which scope a method needs, in few bytes.

// What `dynamic` methods need depends on their params, and `node` is a role.
const OPERATORS = "operator.";

// The gateway asks nobody for a scope here, whatever the schema says (2026.9.6).
const FREE = new Set(["connect", "health", "device.scopes.requestUpgrade", "device.scopes.waitUpgrade"]);

/** Names in order; of one that begins like its neighbour only the rest. */
function shortened(names) {
  let head;
  const short = names.toSorted().map((name) => {
    const [first] = name.split(".");
    const rest = first === head && name.length > first.length ? name.slice(first.length) : name;
    head = first;
    return rest;
  });
  return short.join(" ");
}

export function scopes(methods) {
  const names = {};
  for (const { name, scope } of methods) if (scope.startsWith(OPERATORS) && !FREE.has(name)) (names[scope] ??= []).push(name);
  const lines = Object.entries(names).map(([scope, of]) => `  "${scope}": "${shortened(of)}",`);
  return `// Made by \`cargo xtask codegen\` from the published schema of the gateway: not for editing.

// A name that begins with a dot begins with the first word of the name before it.
const METHODS = {
${lines.sort().join("\n")}
};

// Scopes that come with another one.
const HELD = { "operator.read": "operator.write", "operator.talk": "operator.write" };

let needed;

const needs = () => (needed ??= read());

function read() {
  const scopes = new Map();
  for (const [scope, names] of Object.entries(METHODS)) {
    let first;
    for (const name of names.split(" ")) {
      if (!name.startsWith(".")) first = name.split(".")[0];
      scopes.set(name.startsWith(".") ? first + name : name, scope);
    }
  }
  return scopes;
}

/**
 * The scope that a method needs and \`scopes\` lack; \`undefined\` when there is none, or when only the gateway can tell:
 * for a method that it decides by its params or that is not known here, and for the scopes of single sessions.
 */
export function missingScope(method, scopes) {
  const scope = scopeOf(method);
  if (scope === undefined) return undefined;
  const allowed = scopes.some((held) => {
    return held === scope || held === HELD[scope] || held === "operator.admin" || String(held).startsWith("operator.sessions.");
  });
  return allowed ? undefined : scope;
}

/** The scope that the published schema names for a method, if it does. */
export const scopeOf = (method) => needs().get(method);
`;
}
