// The frames that the server streams, as a real gateway writes them: the same
// members in the same order.

const RUN = "378d18b7-0d24-46e4-b038-6054b5fbafdb";
const TIME = 1795146107215;
const TEXT = "Never lose a message, never send one twice, and come back by yourself. ";

/** The smallest complete delta of the gateway is longer than this. */
const SHORT = 330;

/**
 * Writes events of one name and size.
 * @returns {(seq: number) => string} `bytes` long when `seq` has five digits
 */
export function writer(event, bytes) {
  const payload = bytes < SHORT ? short : { chat, agent }[event];
  const write = (text) => (seq) =>
    `{"type":"event","event":"${event}","payload":{${payload(text)}},"seq":${seq},"recipientProfileId":"gateway-owner"}`;
  const room = bytes - write("")(10_000).length;
  if (room < 0) throw new Error(`no ${event} event has ${bytes} bytes`);
  return write(TEXT.repeat(Math.ceil(room / TEXT.length)).slice(0, room));
}

// `text` is what the run has said so far; the delta is its end.
const delta = (text) => text.slice(-12);

function chat(text) {
  const message = `{"role":"assistant","content":[{"type":"text","text":"${text.slice(12)}"}],"timestamp":${TIME}}`;
  return `"runId":"${RUN}","sessionKey":"agent:main:main","agentId":"main","seq":6,"state":"delta","deltaText":"${delta(text)}","message":${message}`;
}

function agent(text) {
  const data = `{"text":"${text.slice(12)}","delta":"${delta(text)}","itemId":"${RUN}:1"}`;
  return `"runId":"${RUN}","stream":"assistant","data":${data},"sessionKey":"agent:main:main","agentId":"main","seq":6,"ts":${TIME},"isHeartbeat":false`;
}

// A delta without the members that do not fit into 200 bytes.
function short(text) {
  return `"runId":"${RUN}","state":"delta","deltaText":"${text}"`;
}
