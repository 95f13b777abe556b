// What a gateway says of its WhatsApp, for a plug that answers in its place.

/** A picture to scan, in which nothing is. */
export const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAJQAAACUAQAAAABdRz15AAABEUlEQVR42u2W2Q3DMAxDtQH331IbqCSdo0C/GvozCdDaL4CkUIdT83N1vewfVt2oQk13FxCzAUGjtdA+Zs1btu0JMWv/aW+HMaMK3PJCk+bMei4t6W5iNnp36kAH1GIDqx5qIHz7CBhfHQ57tMjZYZtIZbSBUQI6ohRz1WTCsBRVHTFJyBkTbvNVasKc0XCpb0ivmAM2ZRH4A69SprRAI6LvGZYw2R3F2ipOxEw9DUdNT2fPBIzLNRClwAaG8bTR5P7S5TljqzDX8AlwzrCEOdHl48TypozHSZ8nEzYwhsu7lhTH04QxUo0ddU5N5axXTbphrpmYMR3Jnty4fTxmVsHV6Icxc65XMd0zLGDvN2HAPuItOpLjebmrAAAAAElFTkSuQmCC";

/** What stands in a conversation with people on WhatsApp, in no language. */
export const CHANNEL_DAY = [
  ...[["4911", "安"], ["4922", "+49 22 22222222"]].map(([id, senderName], at) => ({
    role: "user", content: `${at + 1} + 1 = ${at + 2}`, timestamp: Date.UTC(2026, 10, 29, 12, at), __openclaw: { id: `came-${at}`, seq: at + 1, senderId: `${id}@s.whatsapp.net`, senderName },
  })),
  ...["queued", "sent", "delivered", "read", "failed", "unknown"].map((state, at) => ({
    role: "assistant", content: [{ type: "text", text: `${at} × 3 = ${at * 3}` }], timestamp: Date.UTC(2026, 10, 29, 12, 5 + at), stopReason: "stop",
    clawlineProgress: { state, error: ["failed", "unknown"].includes(state) ? "463" : undefined },
    __openclaw: { id: `sent-${at}`, seq: at + 3, runId: `run-${at}` },
  })),
];

const NOBODY = { e164: null, jid: null, lid: null };
const SOMEBODY = { e164: "+15550001111", jid: "15550001111@s.whatsapp.net", lid: "99000000000001@lid" };

/**
 * The answer to `channels.status` of OpenClaw 2026.9.6, as recorded but for what
 * nobody reads; with `link`, as our relay says more.
 */
export function standing(account, link) {
  const self = account.linked ? SOMEBODY : NOBODY;
  const ours = link && { link: { linked: account.linked, self: { ...self, name: account.linked ? "安" : null }, ...link } };
  return {
    ts: Date.now(),
    channelOrder: ["whatsapp"],
    channelLabels: { whatsapp: "WhatsApp" },
    channels: { whatsapp: { ...account, self } },
    channelAccounts: { whatsapp: [{ accountId: "default", enabled: true, ...account, ...ours }] },
    channelDefaultAccountId: { whatsapp: "default" },
  };
}

export const NOT_LINKED = { configured: true, linked: false, running: false, connected: false, healthState: "stopped", lastError: null };
export const LINKED = { ...NOT_LINKED, linked: true, running: true, connected: true, healthState: "healthy" };
export const BROKEN = { ...LINKED, connected: false };
