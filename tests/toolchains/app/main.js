import { GatewayClient } from "clawline";
import { chat } from "./chat.js";

const options = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
document.querySelector("output").textContent = await chat(GatewayClient, options);
