// Starts the program: as the page, in whose body `data-webchat` stands, or as a
// part of another page, which asks for `load` (see webchat.js). The theme comes
// first, so that it does not flash. Everything that can fail ends in a sentence
// for the person.
import { fetchAhead } from "./chunks.js";
import wasm from "./clawline-webchat_bg.wasm";
import { format, mark, speak, wanted } from "./words.js";

// The catalogue comes while the program does. Without it the page speaks English.
const words = speak(wanted()).catch(console.error);
let program;

// A link may hand over a gateway and a token, after # or after ?. They leave
// the address bar at once, before they get into bookmarks and pictures, and stay in memory.
const NAMES = /^(gateway|gatewayurl|url|(gateway|auth)?token|(gateway)?password)$/i;
let link = "";
let isReady = false;
if (document.body.hasAttribute("data-webchat")) {
  beThePage();
}

/** The program, running: `{ mount, unmount }`. */
export function load() {
  program ??= start().catch((error) => {
    program = undefined; // The network may be back at the next try.
    throw error;
  });
  return program;
}

async function start() {
  const fetched = fetch(new URL(wasm, import.meta.url));
  // Before the program asks for it, which is when it runs.
  fetchAhead("split_markdown");
  const program = await import("./clawline-webchat.js");
  // It draws what is mounted at once: in the language that is chosen.
  const [module] = await Promise.all([fetched, words]);
  await program.default({ module_or_path: module });
  return program;
}

function beThePage() {
  const theme = readTheme();
  if (theme === "light" || theme === "dark") {
    document.documentElement.setAttribute("data-theme", theme);
  }
  link = takeLink();
  addEventListener("hashchange", () => {
    link = takeLink() || link;
    if (isReady) {
      handOver();
    }
  });
  words.then(sayWhatWaits);
  if (typeof WebAssembly !== "object") {
    words.then(() => tell(format("boot-no-wasm", {})));
    return;
  }
  const opened = load().then(({ mount }) => {
    mount(document.body, { page: true });
    document.getElementById("boot").remove();
    isReady = true;
    handOver();
  });
  opened.catch((error) => {
    console.error(error);
    const reason = String(error && error.message ? error.message : error);
    words.then(() => tell(format("boot-failed", { reason })));
  });
}

function takeLink() {
  const { hash, pathname, search } = location;
  const fragment = hash.replace(/^#[^=]*\?|^#/, "").split("&");
  const query = search.slice(1).split("&");
  const taken = query.filter(isOurs);
  const isHanded = fragment.some(isOurs);
  if (!isHanded && taken.length === 0) {
    return "";
  }
  const others = query.filter((pair) => pair && !isOurs(pair)).join("&");
  try {
    history.replaceState(history.state, "", pathname + (others && `?${others}`) + (isHanded ? "" : hash));
  } catch {
    location.hash = ""; // A sandboxed page may not rewrite its address.
  }
  return [...(isHanded ? fragment : []), ...taken].join("&");
}

function isOurs(pair) {
  const [name, value = ""] = pair.split("=", 2);
  return pair.includes("=") && (NAMES.test(name.replace(/[^a-z0-9]/gi, "")) || /^wss?(:|%3a)/i.test(value));
}

function handOver() {
  const detail = link;
  link = "";
  dispatchEvent(new CustomEvent("clawline-link", { detail }));
}

function readTheme() {
  try {
    return localStorage.getItem("clawline.theme");
  } catch {
    return null; // Storage is blocked: the system's colours will do.
  }
}

function sayWhatWaits() {
  mark(document.documentElement);
  for (const id of ["boot-wait", "boot-late"]) {
    const line = document.getElementById(id);
    if (line) {
      line.textContent = format(id, {});
    }
  }
}

function tell(sentence) {
  const line = document.getElementById("boot-late");
  if (line) {
    line.textContent = sentence;
    line.classList.add("now");
  }
}
