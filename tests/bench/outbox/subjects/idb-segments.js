// A record for a hundred messages.
import { outbox } from "./by-hand.js";

export const open = (url, onDone) => outbox(url, onDone, "segments", 100);
