// Brotli and gzip at their strongest, with the zlib of Node.
//   node compress.mjs write DIR      puts .br and .gz beside each file that shrinks
//   node compress.mjs measure FILE…  prints {"FILE": {"raw": n, "brotli": n}, …}
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = new Set([".css", ".ftl", ".html", ".js", ".json", ".svg", ".txt", ".webmanifest"]);
const [, , task, ...paths] = process.argv;

function brotli(bytes, name) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_MODE]: TEXT.has(extname(name))
        ? constants.BROTLI_MODE_TEXT
        : constants.BROTLI_MODE_GENERIC,
    },
  });
}

if (task === "write") {
  for (const entry of readdirSync(paths[0], { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || (!TEXT.has(extname(entry.name)) && extname(entry.name) !== ".wasm")) {
      continue;
    }
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    for (const [ending, packed] of [
      [".br", brotli(bytes, path)],
      [".gz", gzipSync(bytes, { level: 9 })],
    ]) {
      if (packed.length < bytes.length) {
        writeFileSync(path + ending, packed);
      }
    }
  }
} else if (task === "measure") {
  const sizes = paths.map((path) => {
    const bytes = readFileSync(path);
    return [path, { raw: bytes.length, brotli: brotli(bytes, path).length }];
  });
  console.log(JSON.stringify(Object.fromEntries(sizes)));
} else {
  console.error("usage: compress.mjs write DIR | measure FILE…");
  process.exitCode = 2;
}
