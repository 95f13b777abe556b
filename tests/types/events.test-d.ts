// Events as an app hears them.
import { type EventFrame, GatewayClient, type GatewayEvents } from "clawline";

const client = new GatewayClient({ url: () => "ws://127.0.0.1:18789" });

client.listen("chat", ({ payload, seq }) => {
  if (payload.state === "delta") console.log(payload.deltaText, payload.message?.content[0]?.type, seq);
  if (payload.state === "error") console.log(payload.errorMessage, payload.errorKind);
  // @ts-expect-error: only a delta has a piece of text
  if (payload.state === "final") console.log(payload.deltaText);
  // @ts-expect-error: no such state
  if (payload.state === "done") console.log(payload);
});

for await (const { payload, lagged } of client.events("session.message", { buffer: 10 })) {
  console.log(payload.messageSeq, payload.message.role, payload.session?.label, lagged);
  // @ts-expect-error: no such member
  console.log(payload.rows);
}

client.listen("agent", ({ payload }) => console.log(payload.stream, payload.data.delta, payload.data["anything"]));
client.listen("exec.approval.requested", ({ payload }) => console.log(payload.request.command, payload.request.allowedDecisions));
client.listen("sessions.changed", ({ payload }) => console.log(payload.reason, payload.session?.status));
client.listen("presence", ({ payload }) => console.log(payload.presence.map(({ ts }) => ts)));
client.listen("shutdown", ({ payload }) => console.log(payload.restartExpectedMs?.toFixed()));
client.listen("node.invoke.request", ({ payload }) => console.log(payload.command));

// @ts-expect-error: a tick is no chat
client.listen("tick", (frame: EventFrame<GatewayEvents["chat"]>) => console.log(frame));

// A name that the schema does not have is heard too; what it brings is for the app to look at.
client.listen("plugin.event", ({ payload }) => {
  const unread: unknown = payload;
  // @ts-expect-error: nothing is known of it
  console.log(payload.text, unread);
});

// @ts-expect-error: of a known event only what is known
for await (const { payload } of client.events("health")) console.log(payload.mood);
