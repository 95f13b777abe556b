import { GatewayClient } from "clawline";
import { chat } from "../../chat.js";

export async function GET({ nextUrl }) {
  return new Response(await chat(GatewayClient, Object.fromEntries(nextUrl.searchParams)));
}
