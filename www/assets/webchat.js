// A WebChat as a part of your own page:
//
//   import { mount, unmount } from "…/assets/webchat.js";
//   await mount(element, { gateway: "wss://…" });
//
// `options`: `gateway` and `token` or `password` to connect with at once,
// `session` to show first; whatever is left out is asked for, or remembered.
// The element has the size that your page gives it, and the attribute
// `data-theme="light"` or `"dark"` if it shall not be as the system is.
import { load } from "./boot.js";

const style = new URL("./webchat.css", import.meta.url).href;

/** Puts a WebChat into an element. Fails where it cannot be loaded, or where there is one. */
export async function mount(element, options = {}) {
  const program = await load();
  if (!program.mount(element, { ...options, style, page: false })) {
    throw new Error("There is a WebChat in this element.");
  }
}

/** Takes it out again. False where there was none. */
export async function unmount(element) {
  const program = await load();
  return program.unmount(element);
}
