// crates/core/src/wire/methods.rs: the methods that our own code names, and those that take a key.

const nameOf = (method) => method.replaceAll(/[.-]/g, "_").replaceAll(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();

/** @param {string[]} ours the methods that Rust names */
export function methods(all, ours) {
  const known = new Map(all.map((method) => [method.name, method]));
  const constants = ours.map((name) => {
    const method = known.get(name);
    if (method === undefined) throw new Error(`links.json: the schema has no method ${name}`);
    return `/// \`${name}\`: needs \`${method.scope}\`.\npub const ${nameOf(name)}: &str = "${name}";\n`;
  });
  const keyed = all.filter((method) => method.keyed).map(({ name }) => name).sort();
  const lines = keyed.map((name) => `    "${name}",\n`).join("");
  return `//! Methods of the gateway. Made by \`cargo xtask codegen\` from its published
//! schema: not for editing.

${constants.join("")}
/// Methods whose params take an idempotency key: they run once for each key,
/// as long as the gateway remembers it, so they may be repeated.
pub const KEYED: [&str; ${keyed.length}] = [
${lines}];

/// Whether a method takes an idempotency key.
#[must_use]
pub fn takes_key(method: &str) -> bool {
    KEYED.binary_search(&method).is_ok()
}
`;
}
