// Starts the page. The theme comes first, so that it does not flash.
// Everything that can fail ends in a sentence for the person.
import wasm from "./clawline-webchat_bg.wasm";

const theme = readTheme();
if (theme === "light" || theme === "dark") {
  document.documentElement.setAttribute("data-theme", theme);
}

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
