// All tests in one process: they share the real gateway, which takes ten
// seconds to start, and the browsers. Each file also runs by itself.
import { readdir } from "node:fs/promises";
import { gather } from "./harness/index.mjs";

await gather(async () => {
  const here = new URL("./", import.meta.url);
  for (const name of (await readdir(here)).sort()) {
    if (name.endsWith(".test.mjs")) {
      await import(new URL(name, here).href);
    }
  }
});
