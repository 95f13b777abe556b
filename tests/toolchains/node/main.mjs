import { GatewayClient } from "clawline";
import { chat } from "./chat.js";

const [gateway, token, words] = process.argv.slice(2);
console.log(await chat(GatewayClient, { gateway, token, words }));
