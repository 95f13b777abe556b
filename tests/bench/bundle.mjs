// The clients under test, each bundled as an app would do it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PACKAGE = fileURLToPath(new URL("../../pkg", import.meta.url));

/**
 * The files of all subjects by their path on the server.
 * @param {string} folder of the bench: `page` there is the page's script, and imports the module `subject`
 * @param {Record<string, string>} subjects the file in `subjects/` of each, without its ending
 */
export async function bundle(folder, subjects, page = "page.js") {
  const wasm = await readFile(join(PACKAGE, "dist/clawline_bg.wasm"));
  const files = new Map();
  for (const [subject, module] of Object.entries(subjects)) {
    const { outputFiles } = await build({
      entryPoints: [join(folder, page)],
      alias: { clawline: join(PACKAGE, "index.js"), subject: join(folder, "subjects", `${module}.js`) },
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
