import { GatewayClient } from "clawline";
import { chat } from "../../chat.js";

export async function POST(request) {
  return new Response(await chat(GatewayClient, await request.json()));
}
