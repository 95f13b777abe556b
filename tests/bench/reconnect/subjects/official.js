// OpenClaw's own protocol client.
import { connect } from "../../subjects/official.js";

export function open(url, onServed) {
  // When the gateway is killed once more before it answers, the next one does.
  const onHello = () => client.request("bench.echo", {}).then(onServed, () => {});
  const client = connect(url, { onHello });
}
