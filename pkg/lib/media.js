import { GatewayError } from "./error.js";

const PLACE = "__openclaw__/assistant-media";

const unavailable = (why) => new GatewayError({ code: "media-unavailable", message: `The gateway did not give the file: ${why}.` });

/**
 * The bytes of a `media://` address, as OpenClaw serves them over HTTP beside its socket.
 * @param {string} address of the gateway
 */
export async function media(source, address, { token, password } = {}, signal) {
  const place = new URL(address);
  place.protocol = place.protocol.replace("ws", "http");
  place.username = place.password = "";
  if (!place.pathname.endsWith("/")) place.pathname += "/";
  const url = new URL(PLACE, place);
  url.searchParams.set("source", source);
  const secret = token ?? password;
  // A redirect would take the secret along.
  const options = { signal, credentials: "omit", redirect: "error", headers: secret ? { authorization: `Bearer ${secret}` } : {} };
  const answer = await fetch(url, options).catch((why) => {
    signal?.throwIfAborted();
    throw unavailable(why.message);
  });
  if (!answer.ok) throw unavailable(`it answered ${answer.status}`);
  return answer.blob();
}
