// Files on their way: chosen, pasted, dropped, kept, sent.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { historyRows, scenario } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";

/** A file for the chooser. */
const file = (name, mimeType, bytes = 2_048) => ({ name, mimeType, buffer: Buffer.alloc(bytes, "x") });

/** Lets a page take files by a paste or a drop, as a browser makes them. */
const hand = (page, kind, name, type, bytes = 3_000) =>
  page.evaluate(
    ([kind, name, type, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File(["x".repeat(bytes)], name, { type }));
      const target = document.querySelector("textarea");
      const how = { bubbles: true, cancelable: true };
      const events = {
        // Firefox lets no script make one with files.
        paste: () => [Object.defineProperty(new ClipboardEvent("paste", how), "clipboardData", { value: data })],
        drop: () => ["dragover", "drop"].map((name) => new DragEvent(name, { ...how, dataTransfer: data })),
      };
      return events[kind]().map((event) => target.dispatchEvent(event));
    },
    [kind, name, type, bytes],
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

scenario("a folder is refused in words when it is dropped, and the files dropped with it are kept", { servers: ["embedded"] }, async ({ chat, page, context, server }) => {
  const folder = await mkdtemp(join(tmpdir(), "clawline-drop-"));
  const photos = join(folder, "photos");
  const notes = join(folder, "notes.txt");
  await mkdir(photos);
  await writeFile(notes, "words");
  await chat.connect();
  const { x, y } = await chat.message.boundingBox();
  const devtools = await context.newCDPSession(page);
  const data = { items: [], files: [photos, notes], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await devtools.send("Input.dispatchDragEvent", { type, x: x + 5, y: y + 5, data });
  }
  await page.getByRole("alert").getByText("photos is a folder").waitFor();
  const chips = page.getByRole("list", { name: "Attached files" }).getByRole("listitem");
  assert.deepEqual(await chips.allInnerTexts(), ["notes.txt\n5 bytes"]);
  await chat.send("with one file");
  await chat.reaches("with one file", "confirmed");
  assert.equal(await page.getByText("is a folder").count(), 0);
  const [row] = (await historyRows(server, "with one file")).rows;
  assert.deepEqual(row.__openclaw.media.map(({ fileName }) => fileName), ["notes.txt"]);
  await rm(folder, { recursive: true });
});

scenario("a file without a byte is told of when it is chosen, and is not sent", { servers: ["embedded"] }, async ({ chat, page, server }) => {
  await chat.connect();
  await page.locator("input[type=file]").setInputFiles([file("none.txt", "text/plain", 0), file("some.txt", "text/plain")]);
  await page.getByRole("alert").getByText("none.txt is empty").waitFor();
  const chips = page.getByRole("list", { name: "Attached files" }).getByRole("listitem");
  assert.deepEqual(await chips.allInnerTexts(), ["some.txt\n2 KB"]);
  await hand(page, "paste", "too.txt", "text/plain", 0);
  await page.getByRole("alert").getByText("too.txt is empty").waitFor();
  await chat.send("words and one file");
  await chat.reaches("words and one file", "confirmed");
  const [row] = (await historyRows(server, "words and one file")).rows;
  assert.deepEqual(row.__openclaw.media.map(({ fileName }) => fileName), ["some.txt"]);
});
