/**
 * The name that a gateway gives a session, as far as it is known here: it folds case, `main` is the main session, and a
 * short name belongs to the main session's agent. `undefined`: the main session, of which nothing is known yet.
 */
export function canonical(asked, main) {
  const name = asked?.trim().toLowerCase();
  if (name === undefined || name === "main") return main;
  const [kind, agent] = main?.split(":") ?? [];
  return name.includes(":") || kind !== "agent" ? name : `agent:${agent}:${name}`;
}
