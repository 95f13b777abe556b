// The npm package as people get it: packed by npm, and installed from that.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { surroundings } from "./surroundings.mjs";

const run = promisify(execFile);

/** Installs the packed package into a folder of its own; answers where it is. */
export async function installPacked(folder) {
  await writeFile(join(folder, "package.json"), '{ "private": true }');
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: surroundings.package });
  const install = ["install", "--offline", "--no-save", "--no-package-lock", packed.stdout.trim()];
  await run("npm", install, { cwd: folder });
  return join(folder, "node_modules/clawline");
}
