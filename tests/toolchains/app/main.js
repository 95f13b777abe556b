import { GatewayClient } from "clawline";
import { chat } from "./chat.js";

const options = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
chat(GatewayClient, options).then((answer) => (document.querySelector("output").textContent = answer));
