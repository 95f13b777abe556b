// The npm package as people get it: packed by npm, and installed from that.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { surroundings } from "./surroundings.mjs";

/** Runs a program and answers what it printed. */
export async function output(program, words, options) {
  try {
    const { stdout } = await promisify(execFile)(program, words, options);
    return stdout.trim();
  } catch (error) {
    throw new Error(`${program} ${words.join(" ")} failed\n${error.stdout}\n${error.stderr}`);
  }
}

/** Installs it into a folder, which has a package.json; answers where the tarball and the package are. */
export async function installPacked(folder) {
  const packed = await output("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: surroundings.package });
  const tarball = join(folder, packed);
  await output("npm", ["install", "--offline", "--no-save", "--no-package-lock", tarball], { cwd: folder });
  return { tarball, installed: join(folder, "node_modules/clawline") };
}
