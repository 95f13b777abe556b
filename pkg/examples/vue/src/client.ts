import { GatewayClient, type Status } from "clawline";

// index.html#gateway=ws://127.0.0.1:18789&token=…: a browser sends the fragment to nobody.
const { gateway = "ws://127.0.0.1:18789", token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

export const client = new GatewayClient({ url: gateway, auth: { token } });

/** Where the connection stands, and what a person can do. */
export function inWords(status: Status): string {
  if (status.status === "pairing") return `pairing · ${status.message} ${status.advice}`;
  if (!("cause" in status)) return status.status;
  return [status.status, status.cause.message, status.cause.advice].filter(Boolean).join(" · ");
}
