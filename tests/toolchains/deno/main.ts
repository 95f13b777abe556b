import { GatewayClient } from "clawline";
import { chat } from "./chat.js";

const [gateway, token, words] = Deno.args;
console.log(await chat(GatewayClient, { gateway, token, words }));
