// Files on their way: chosen, pasted, dropped, kept, sent.
import assert from "node:assert/strict";
import { historyRows, scenario } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";

/** A file for the chooser. */
const file = (name, mimeType, bytes = 2_048) => ({ name, mimeType, buffer: Buffer.alloc(bytes, "x") });

/** Lets a page take files by a paste or a drop, as a browser makes them. */
const hand = (page, kind, name, type) =>
  page.evaluate(
    ([kind, name, type]) => {
      const data = new DataTransfer();
      data.items.add(new File(["x".repeat(3_000)], name, { type }));
      const target = document.querySelector("textarea");
      const how = { bubbles: true, cancelable: true };
      const events = {
        // Firefox lets no script make one with files.
        paste: () => [Object.defineProperty(new ClipboardEvent("paste", how), "clipboardData", { value: data })],
        drop: () => ["dragover", "drop"].map((name) => new DragEvent(name, { ...how, dataTransfer: data })),
      };
      return events[kind]().map((event) => target.dispatchEvent(event));
    },
    [kind, name, type],
  );

scenario("a picture and a text file go to the real gateway", { servers: ["openclaw"] }, async ({ chat, page, server }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  await chat.connect();
  await page.locator("input[type=file]").setInputFiles([
    { name: "pixel.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") },
    file("notes.txt", "text/plain"),
  ]);
  await chat.send(`look at these ${mark}`);
  await chat.reaches(`look at these ${mark}`, "confirmed", { within: 60_000 });
  await chat.idle({ within: 60_000 });
  const rows = (await historyRows(server, mark)).rows.filter(({ role }) => role === "user");
  assert.equal(rows.length, 1);
  await chat.own(mark).locator(".file-name").first().waitFor();
});

scenario("files are chosen, pasted and dropped, taken back, and go out with the message", { servers: ["embedded"], firefox: ["embedded"] }, async ({ chat, page, context, server }) => {
  const line = await plug(context);
  await chat.connect();
  const choose = async (...files) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Attach files" }).click();
    await (await chooser).setFiles(files);
  };
  const chips = page.getByRole("list", { name: "Attached files" }).getByRole("listitem");
  await choose(file("notes.txt", "text/plain"), file("wrong.pdf", "application/pdf"));
  await hand(page, "paste", "image.png", "image/png");
  await hand(page, "drop", "dropped.csv", "text/csv");
  assert.deepEqual(await chips.allInnerTexts(), ["notes.txt\n2 KB", "wrong.pdf\n2 KB", "image.png\n2 KB", "dropped.csv\n2 KB"]);
  await page.getByRole("button", { name: "Remove wrong.pdf" }).click();
  assert.equal(await chips.count(), 3);
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await chat.send("with three files");
  await chat.reaches("with three files", "queued");
  assert.equal(await chips.count(), 0);
  await chat.hasWritten();
  await page.reload();
  await chat.reaches("with three files", "queued");
  await chat.own("with three files").getByText("image.png (2 KB)").waitFor();
  line.mode = "through";
  await chat.reaches("with three files", "confirmed");
  const [row] = (await historyRows(server, "with three files")).rows;
  assert.deepEqual(row.__openclaw.media.map(({ fileName }) => fileName), ["notes.txt", "image.png", "dropped.csv"]);
  await chat.idle();
  // Not over the dialogue: in Firefox it is announced before the first reload only.
  const input = page.locator("input[type=file]");
  await input.setInputFiles(file("alone.bin", ""));
  await chat.sendButton.click();
  await chat.answer("only attachments");
  // A little more than a picture may have: all of it goes through the line to the browser first.
  await input.setInputFiles(file("huge.png", "image/png", 7 * 1_048_576));
  await chat.send("too much");
  await page.getByText("huge.png is larger than the gateway takes").waitFor();
  assert.equal(await chat.message.inputValue(), "too much");
  assert.equal(await chips.count(), 1);
});
