// What the page says in a language, by the ids of its catalogue.
import { readFileSync } from "node:fs";

/** Gives the words of a message that names nothing. */
export function catalogue(tag) {
  const source = readFileSync(new URL(`../../../www/words/${tag}.ftl`, import.meta.url), "utf8");
  return (id) => {
    const [, words] = new RegExp(`^${id} = (.+)$`, "m").exec(source) ?? [];
    if (words === undefined) {
      throw new Error(`${tag}.ftl has no message ${id}`);
    }
    return words;
  };
}
