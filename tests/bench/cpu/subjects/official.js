// OpenClaw's own protocol client.
import { connect } from "../../subjects/official.js";

export async function open(url, onDelta) {
  let client;
  await new Promise((onHello) => (client = connect(url, { onHello })));
  client.addEventListener((frame) => {
    if (frame.event === "chat") onDelta(frame.payload);
  });
  return { request: (method, params) => client.request(method, params) };
}
