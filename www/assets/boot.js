// Starts the page. The theme comes first, so that it does not flash.
// Everything that can fail ends in a sentence for the person.
import wasm from "./clawline-webchat_bg.wasm";

const theme = readTheme();
if (theme === "light" || theme === "dark") {
  document.documentElement.setAttribute("data-theme", theme);
}

// A link may hand over a gateway and a token, after # or after ?. They leave
// the address bar at once, before they get into bookmarks and pictures, and stay in memory.
const NAMES = /^(gateway|gatewayurl|url|(gateway|auth)?token|(gateway)?password)$/i;
let link = takeLink();
let isReady = false;
addEventListener("hashchange", () => {
  link = takeLink() || link;
  if (isReady) {
    handOver();
  }
});

start().catch((error) => {
  console.error(error);
  tell(
    "The page could not start: " + (error && error.message ? error.message : error) +
      ". Reload it; if that does not help, the server has only a part of it.",
  );
});

async function start() {
  if (typeof WebAssembly !== "object") {
    tell("This browser has no WebAssembly, or it is switched off. Allow it for this page, or try another browser.");
    return;
  }
  const page = await import("./clawline-webchat.js");
  await page.default({ module_or_path: new URL(wasm, import.meta.url) });
  isReady = true;
  handOver();
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

function tell(sentence) {
  const line = document.getElementById("boot-late");
  if (line) {
    line.textContent = sentence;
    line.classList.add("now");
  }
}
