// The words of a message, whatever form its content has.
import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../../pkg/lib/text.js";

const block = (more) => ({ content: [{ type: "text", text: "hi" }, more] });

test("words are found where a gateway puts them", () => {
  for (const message of [
    { content: "hi" },
    { content: [["hi"]] },
    { content: { type: "text", text: "hi" } },
    { content: [{ type: "text", text: ["h", { text: "i" }, 4] }] },
    { content: [{ type: "output_text", text: "hi" }] },
    { content: [{ type: "text", text: { value: "h\u001b[1mi\u001b[0m" } }] },
    { text: "hi" },
    { content: [], text: ["h", "i"] },
  ]) {
    assert.equal(textOf(message), "hi", JSON.stringify(message));
  }
  assert.equal(textOf({ content: 42 }), "42");
});

test("what an agent thought or called, and files, are no words", () => {
  for (const other of [
    { type: "thinking", thinking: "hm", text: "hm" },
    { type: "reasoning_text", text: "hm" },
    { type: "toolCall", name: "ls", arguments: {}, text: "ls" },
    { type: "image", text: "a.png" },
    { type: "new", arguments: {}, text: "ls" },
    null,
    7,
    { type: "text", text: false },
  ]) {
    assert.equal(textOf(block(other)), "hi", JSON.stringify(other));
  }
  for (const nothing of [undefined, null, {}, { content: null }, 5]) assert.equal(textOf(nothing), "");
});
