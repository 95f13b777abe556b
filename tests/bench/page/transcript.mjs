// Writes rows into a conversation of a gateway that does not run, by the Node
// of that gateway, which knows SQLite. Through the gateway 10,000 rows would take
// an hour.
//   node transcript.mjs DATABASE FROM TO
import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

const [, , path, from, to] = process.argv;
const WORDS = ["some words as people write them", "a somewhat longer line of words, with **two** marks\n\n- and\n- a list", "`code` and more"];

const database = new DatabaseSync(path);
const one = (sql, ...values) => database.prepare(sql).get(...values);
const { current_session_id: session } = one("SELECT current_session_id FROM session_nodes WHERE session_key = 'agent:main:main'");
const { seq } = one("SELECT max(seq) AS seq FROM transcript_events WHERE session_id = ?", session);
const { leaf, active, messages } = one(
  "SELECT leaf_event_id AS leaf, active_event_count AS active, active_message_count AS messages FROM session_transcript_index_state WHERE session_id = ?",
  session,
);
const event = database.prepare("INSERT INTO transcript_events (session_id, seq, event_json, created_at, event_utf8_bytes) VALUES (?, ?, ?, ?, ?)");
const identity = database.prepare("INSERT INTO transcript_event_identities (session_id, event_id, seq, event_type, parent_id, created_at) VALUES (?, ?, ?, 'message', ?, ?)");
const position = database.prepare("INSERT INTO session_transcript_active_events (session_id, active_position, event_seq, message_position, context_eligible) VALUES (?, ?, ?, ?, 1)");

database.exec("BEGIN");
let parent = leaf;
let count = 0;
for (let number = Number(from); number <= Number(to); number += 1, count += 1) {
  const id = randomUUID();
  const timestamp = Date.now();
  const text = `row ${number}: ${WORDS[number % WORDS.length]}`;
  const message = { role: number % 2 ? "user" : "assistant", content: [{ type: "text", text }], timestamp };
  const json = JSON.stringify({ type: "message", id, parentId: parent, timestamp: new Date(timestamp).toISOString(), message });
  const at = seq + 1 + count;
  event.run(session, at, json, timestamp, Buffer.byteLength(json));
  identity.run(session, id, at, parent, timestamp);
  position.run(session, active + count, at, messages + count);
  parent = id;
}
database
  .prepare("UPDATE session_transcript_index_state SET indexed_seq = ?, leaf_event_id = ?, active_event_count = ?, active_message_count = ? WHERE session_id = ?")
  .run(seq + count, parent, active + count, messages + count, session);
database.exec("COMMIT");
database.close();
