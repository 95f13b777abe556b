import { GatewayClient, textOf } from "./node_modules/clawline/index.js";

// index.html#gateway=ws://127.0.0.1:18789&token=…: a browser sends the fragment to nobody.
const { gateway = "ws://127.0.0.1:18789", token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const client = new GatewayClient({ url: gateway, auth: { token } });
const chat = client.chat();

const status = document.querySelector("[role=status]");
const log = document.querySelector("[role=log]");
const problem = document.querySelector("[role=alert]");
const form = document.querySelector("form");
const stop = form.querySelector("[type=button]");

client.on("status", ({ status: now, message, advice, cause }) => {
  status.textContent = [now, message ?? cause?.message, advice ?? cause?.advice].filter(Boolean).join(" · ");
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = form.words.value.trim();
  if (words === "") return;
  try {
    await chat.send(words).stored;
    form.reset();
    problem.textContent = "";
  } catch ({ message }) {
    // What does not fit stays where it is.
    problem.textContent = message;
  }
});
stop.addEventListener("click", () => chat.stop());

function button(name, act) {
  const made = document.createElement("button");
  made.textContent = name;
  made.addEventListener("click", act);
  return made;
}

/** A message that was stopped holds up those behind it, until somebody decides. */
function choices({ key, state }) {
  if (state !== "parked" && state !== "unconfirmed") return [];
  return [button("Send again", () => client.resend(key)), button("Remove", () => client.remove(key))];
}

function show({ items, outbox, runs }) {
  const lines = [
    ...items.map((item) => [`${item.role}: ${textOf(item.message)} ${item.error ?? ""}`, item]),
    ...outbox.map((entry) => [`user: ${entry.text} (${[entry.state, entry.reason].filter(Boolean).join(": ")}) `, entry]),
  ];
  for (const [at, [line, shown]] of lines.entries()) {
    const { key = "" } = shown;
    const row = log.children[at] ?? log.appendChild(document.createElement("p"));
    if (row.dataset.key === key && row.firstChild.data === line) continue;
    row.dataset.key = key;
    row.replaceChildren(line, ...choices(shown));
  }
  while (log.children.length > lines.length) log.lastElementChild.remove();
  stop.hidden = runs.length === 0;
}

client.connect();
for await (const state of chat.changes()) show(state);
