// What the page keeps of a transcript for the next visit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pack } from "../../src/chat/kept.js";

const packed = (...rows) => JSON.parse(pack("one", undefined, rows, 100, 300_000)).messages;
const BYTES = "QUJD".repeat(300);

test("it is the newest rows, in order and as they were written", () => {
  const rows = Array.from({ length: 150 }, (_, at) => ({ role: "user", content: `${at} a\u2028\ud800`, __openclaw: { seq: at } }));
  assert.deepEqual(packed(...rows), rows.slice(50));
  const large = packed(...rows.map((row) => ({ ...row, text: "x".repeat(50_000) })));
  assert.deepEqual(large.map(({ __openclaw: { seq } }) => seq), [145, 146, 147, 148, 149]);
  assert.equal(pack(undefined, undefined, [], 100, 300_000), undefined);
  assert.equal(pack("one", undefined, [{ text: "x".repeat(400_000) }], 100, 300_000), undefined);
});

test("no bytes of a file are in it, wherever they stand", () => {
  const rows = [
    { content: [{ type: "image", fileName: "a.png", data: BYTES, source: { data: BYTES } }, { type: "text", text: "look" }] },
    { content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${BYTES}` } }] },
    { content: [{ type: "toolCall", name: "write", arguments: { path: "a", blob: BYTES } }] },
    { content: [{ type: "toolCall", name: "write", arguments: `{"blob":"data:;base64,${BYTES}"}` }] },
    { content: `see ![it](data:image/png;base64,${BYTES}) there` },
    { content: [{ type: "text", text: `data:text/plain;charset=utf-8,${"%41".repeat(200)}` }] },
  ];
  const text = JSON.stringify(packed(...rows));
  assert.doesNotMatch(text, /QUJDQUJD|%41%41/);
  assert.match(text, /a\.png.*look.*see !\[it\]\(data:\) there/s);
  // Words about such an address, and long words, are words.
  const words = { content: `data:image/png;base64,iVBORw0 ${"x".repeat(2_000)}`, thinking: "z".repeat(2_000) };
  assert.deepEqual(packed(words), [words]);
});

test("a row that cannot be written costs itself alone", () => {
  const deep = JSON.parse(`{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`);
  const odd = JSON.parse(`{"type":{"toString":1,"valueOf":1},"toJSON":1,"__proto__":{"type":"file"}}`);
  const rows = packed({ content: "before" }, deep, odd, null, 5, { content: "after" });
  assert.deepEqual([rows[0], rows[1], rows.at(-1)], [{ content: "before" }, null, { content: "after" }]);
  assert.equal(rows[2].toJSON, 1);
});
