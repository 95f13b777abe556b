// A record for each message.
import { outbox } from "./by-hand.js";

export const open = (url, onDone) => outbox(url, onDone, "rows", 1);
