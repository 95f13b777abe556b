// A conversation that has a row of every kind, as a gateway answers it.

let seq = 0;

function row(role, content, more = {}) {
  seq += 1;
  const { record, ...rest } = more;
  return { role, content, timestamp: Date.UTC(2026, 10, 29, 12, seq), ...rest, __openclaw: { id: `row-${seq}`, seq, ...record } };
}

const text = (text) => ({ type: "text", text });

export const FULL_DAY = [
  row("user", "What is in the log of yesterday?"),
  row("assistant", [
    { type: "thinking", thinking: "The log may be long.\nI read its end first." },
    text("I look at it."),
    { type: "toolCall", id: "1", name: "read", arguments: { path: "/var/log/a-rather-long-name-of-a-file-that-nobody-would-type.log", lines: 40 } },
  ]),
  row("toolResult", [text("12:00 started\n12:01 nothing happened\n".repeat(3))], { toolName: "read", toolCallId: "1" }),
  row("assistant", [{ type: "toolCall", id: "2", name: "exec", arguments: { command: "tail -f log" } }]),
  row("toolResult", [text("permission denied")], { toolName: "exec", toolCallId: "2", isError: true }),
  row("assistant", [text("## What I found\n\nNothing **much**, see <https://example.com/docs>:\n\n| when | what |\n| --- | --- |\n| 12:00 | started |\n\n```sh\ntail -n 40 /var/log/a-rather-long-name-of-a-file-that-nobody-would-type.log | grep --invert-match nothing\n```\n\n- [x] read\n- [ ] mended")], { stopReason: "stop" }),
  row("user", "And this picture?", { record: { media: [{ fileName: "a picture of the second week, the long version.png", kind: "image" }, { kind: "audio" }] } }),
  row("assistant", [text("It shows a wheel, and")], { stopReason: "aborted" }),
  row("user", "كم الساعة الآن في `Berlin`؟"),
  row("assistant", [text("الساعة الآن 12:30 في برلين، ويمكنك رؤية ذلك في https://example.com/time أيضًا.")], { stopReason: "stop" }),
  row("user", "Try again"),
  row("assistant", [text("I begin")], { stopReason: "error", errorMessage: "The model's server is overloaded. Try again later." }),
  row("custom", [text("The agent was restarted by its owner.")], { customType: "note", display: true }),
  row("user", `A long one:\n${"one more line\n".repeat(60)}`),
  row("assistant", [text("This is cut by the gateway, and the rest can be")], { stopReason: "stop", record: { truncated: true, reason: "display-cap" } }),
];
