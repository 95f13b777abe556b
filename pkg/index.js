export { GatewayClient } from "./lib/client.js";
export { GatewayError } from "./lib/error.js";
export { textOf } from "./lib/text.js";
export { init } from "./lib/wasm.js";
