import { GatewayClient } from "./clawline/index.js";
import { chat } from "./chat.js";

const options = Object.fromEntries(new URLSearchParams(location.search));
document.querySelector("output").textContent = await chat(GatewayClient, options);
