// The clients under test, each bundled as an app would do it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../pkg", import.meta.url));

/** In the order of the table; the two raws are one code, so their distance is the noise. */
export const SUBJECTS = ["raw", "raw-again", "official", "partysocket", "clawline", "clawline-iterator"];
export const FLOOR = ["raw", "raw-again"];

/** The files of all subjects by their path on the server. */
export async function bundle() {
  const wasm = await readFile(join(PACKAGE, "dist/clawline_bg.wasm"));
  const files = new Map();
  for (const subject of SUBJECTS) {
    const { outputFiles } = await build({
      entryPoints: [join(HERE, "page/main.js")],
      alias: { clawline: join(PACKAGE, "index.js"), subject: join(HERE, "page/subjects", `${module(subject)}.js`) },
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      write: false,
      logLevel: "warning",
    });
    files.set(`/${subject}/`, Buffer.from(`<!doctype html><meta charset="utf-8"><title>${subject}</title><script type="module" src="main.js"></script>`));
    files.set(`/${subject}/main.js`, outputFiles[0].contents);
    if (subject.startsWith("clawline")) files.set(`/${subject}/clawline_bg.wasm`, wasm);
  }
  return files;
}

const module = (subject) => (subject === "raw-again" ? "raw" : subject);
