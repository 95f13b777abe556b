import { GatewayClient, textOf } from "./node_modules/clawline/index.js";

// index.html#gateway=ws://127.0.0.1:18789&token=…: a browser sends the fragment to nobody.
const { gateway = "ws://127.0.0.1:18789", token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const client = new GatewayClient({ url: gateway, auth: { token } });
const chat = client.chat();

const status = document.querySelector("[role=status]");
const log = document.querySelector("[role=log]");
const form = document.querySelector("form");
const stop = form.querySelector("[type=button]");

client.on("status", ({ status: now, message, cause }) => {
  status.textContent = [now, message ?? cause?.message, cause?.advice].filter(Boolean).join(" · ");
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  chat.send(form.words.value);
  form.reset();
});
stop.addEventListener("click", () => chat.stop());

function show({ items, outbox, runs }) {
  const lines = [
    ...items.map((item) => `${item.role}: ${textOf(item.message)} ${item.error ?? ""}`),
    ...outbox.map(({ text, state }) => `user: ${text} (${state})`),
  ];
  for (const [at, line] of lines.entries()) {
    const row = log.children[at] ?? log.appendChild(document.createElement("p"));
    if (row.textContent !== line) row.textContent = line;
  }
  while (log.children.length > lines.length) log.lastElementChild.remove();
  stop.hidden = runs.length === 0;
}

client.connect();
for await (const state of chat.changes()) show(state);
