// Every screen of the page and every state that one can be in: the list. A new
// one is a line here; look.test.mjs looks at each in both sizes and themes, in
// every language, and in both browsers.
//
// A walk goes from its first line to its last; each begins where the one before
// it has ended. It gets the stage of the scenario with `line`, a plug in the way
// to the gateway, `list`, the sessions, and `press(id)`, for the button that the
// catalogue calls so.
import { FULL_DAY } from "./harness/full-day.mjs";
import { until } from "./harness/until.mjs";
import { BROKEN, CHANNEL_DAY, LINKED, NOT_LINKED, PICTURE, standing } from "./harness/whatsapp.mjs";

const LONG_TITLE = "17. 05. 2026, 12:30 – 18. 05. 2026, 09:45 (1 → 2 → 3)";
const SHORT_TITLE = "42 × 4711";

/** Looked at only where the list of sessions lies over the conversation. */
const PHONE = ["phone"];

/** Of the gateway's own accord: nobody here has asked for it. */
const RUN = { runId: "of-the-gateway", sessionKey: "agent:main:main", agentId: "main" };

function screen(name, show, sizes) {
  return { name, show, sizes };
}

/** To a gateway that approves each browser; strangers are "mute" and "wants a password". */
export const WAY_IN = [
  screen("connect", async ({ chat }) => {
    await chat.open({ token: null });
    await chat.hasStatus("Signed out");
  }),
  screen("address-wrong", async ({ chat, page }) => {
    await chat.address.fill("127.0.0.1:1");
    await chat.connectButton.click();
    await page.getByRole("alert").getByRole("button").waitFor();
  }),
  screen("address-forbidden", async ({ chat, page, complaints }) => {
    complaints.expect(/connect-src|Content.Security.Policy|violates/);
    await chat.address.fill("ws://forbidden.example:1");
    await chat.connectButton.click();
    await page.getByRole("alert").getByText("--gateway").waitFor();
  }),
  screen("token-odd", async ({ chat, server, page }) => {
    await chat.address.fill(server.gateway);
    await chat.token.fill("two words");
    await chat.connectButton.click();
    await page.getByRole("alert").getByText(chat.words("token-spaces")).waitFor();
  }),
  screen("connecting", async ({ chat, strangers }) => {
    await chat.token.fill("");
    await chat.address.fill(strangers.mute.url);
    await chat.connectButton.click();
    await chat.hasStatus("Connecting");
  }),
  screen("password-wanted", async ({ chat, strangers }) => {
    await chat.address.fill(strangers["wants a password"].url);
    await chat.connectButton.click();
    await chat.says(/^Signed out: The gateway wants a password/);
  }),
  screen("token-wrong", async ({ chat, server }) => {
    await chat.address.fill(server.gateway);
    await chat.token.fill("not-the-token");
    await chat.connectButton.click();
    await chat.says(/^Signed out: The token is not the gateway's/);
  }),
  screen("pairing", async ({ chat, server }) => {
    await chat.token.fill(server.token);
    await chat.connectButton.click();
    await chat.hasStatus("Waiting for approval");
  }),
  screen("empty", async ({ chat, server, press }) => {
    const request = await chat.requestId();
    // Before it is approved: the page then goes on by itself, and takes the button away.
    await press("retry-now");
    await server.approve(request);
    await chat.isReady();
  }),
  screen("conversation", async ({ chat, page }) => {
    await chat.send("Show me what you can do [markdown]");
    await chat.reaches("Show me", "confirmed");
    await page.getByRole("log").getByRole("table").waitFor();
    await chat.idle();
  }),
  screen("streaming", async ({ chat }) => {
    await chat.send("Count [chunks:400:50]");
    await chat.replyTo("Count", "w9");
  }),
  screen("new-below", async ({ chat, page }) => {
    await chat.log.evaluate((log) => log.scrollTo(0, 0));
    await page.locator(".pill").waitFor();
  }),
  screen("stopped", async ({ chat, press }) => {
    await press("stop");
    await chat.idle();
    await chat.log.getByText(chat.words("reply-stopped")).waitFor();
  }),
  screen("failed", async ({ chat }) => {
    await chat.send("Fail [error]");
    await chat.log.locator(".reason").waitFor();
    // It stands in the history by now, and looks the same.
    await chat.idle();
  }),
  screen("offline", async ({ chat, server }) => {
    await server.line({ mode: "refuse" });
    await server.cut();
    await chat.says(/^Reconnecting: Nothing answered/);
    // The longest that the header says: how long until the next attempt.
    await chat.page.locator(".countdown").waitFor();
  }),
];

/** What waits, what is refused, and what is not known. */
export const ERRANDS = [
  screen("loading", async ({ chat, line }) => {
    line.history = null;
    await chat.open();
    await chat.hasStatus("Connected");
  }),
  screen("attached", async ({ chat, attach, line, page }) => {
    line.history = undefined;
    await page.reload();
    await chat.isReady();
    await chat.send("Hello");
    await chat.reaches("Hello", "confirmed");
    await chat.idle();
    await attach(["none.txt", 0]);
    await attach(["meeting notes of the second week, the long version.txt", 70_000], ["photo.png", 70_000]);
    await chat.message.fill("Here are two files.");
  }),
  screen("sending", async ({ chat, line }) => {
    line.mode = "swallowing";
    await chat.sendButton.click();
    await chat.reaches("two files", "sending");
  }),
  screen("unconfirmed", async ({ chat, line }) => {
    await line.pull();
    line.forgets = true;
    line.mode = "through";
    await chat.reaches("two files", "unconfirmed", { within: 60_000 });
  }),
  screen("refused", async ({ chat, page, line }) => {
    line.mode = "refusing";
    await chat.send("This one is refused.");
    await page.getByText("Not like this.").waitFor();
  }),
  screen("editing", async ({ chat, page }) => {
    await chat.own("This one is refused.").getByRole("button", { name: chat.words("edit"), exact: true }).click();
    await page.getByRole("textbox", { name: chat.words("edit-message") }).fill("This one is refused,\nuntil it has other words.");
  }),
  screen("waiting", async ({ chat, line, press }) => {
    await press("cancel");
    await line.pull();
    await chat.hasStatus("Reconnecting");
    await chat.send("And this waits.");
    await chat.reaches("And this waits", "queued");
  }),
  screen("forget", async ({ page, chat, press }) => {
    await press("change-gateway");
    await press("forget-device");
    await page.getByRole("group", { name: chat.words("forget-question"), exact: true }).waitFor();
  }),
  screen("last-visit", async ({ chat, page, line }) => {
    line.mode = "out";
    await page.reload();
    await chat.log.getByText(chat.words("kept")).waitFor();
  }),
  screen("unread", async ({ chat, page, line, server }) => {
    line.mode = "through";
    await page.evaluate((gateway) => {
      localStorage.setItem(`clawline.seen:${gateway}|main`, "1");
      localStorage.setItem(`clawline.draft:${gateway}|main`, "the words of this tab");
      localStorage.setItem(`clawline.draft-undo:${gateway}|main`, "other words");
    }, server.gateway);
    await page.reload();
    await chat.isReady();
    await chat.log.getByText(chat.words("new-messages")).waitFor();
    await chat.log.getByText(chat.words("new-messages")).scrollIntoViewIfNeeded();
  }),
  screen("trying-again", async ({ chat, line }) => {
    line.happens("agent", { ...RUN, stream: "run_status", data: { phase: "retrying", message: "Overloaded.", retryAttempt: 2, maxRetries: 8, delayMs: 900_000 }, seq: 1 });
    await chat.log.locator(".note").waitFor();
  }),
  screen("stopped-by-gateway", async ({ chat, line }) => {
    const message = { role: "assistant", content: [{ type: "text", text: "I begin, and" }], timestamp: Date.now() };
    line.happens("chat", { ...RUN, seq: 2, state: "aborted", stopReason: "aborted", message });
    await chat.log.getByText(chat.words("reply-stopped")).waitFor();
  }),
  screen("nothing-kept", async ({ chat, page }) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("Not in this window.", "SecurityError");
      };
    });
    // What the browser keeps nothing of, it has to be told again.
    await page.goto("about:blank");
    await chat.connect();
    await page.getByText(chat.words("notice-nothing-kept")).waitFor();
  }),
];

/** What there is to read, and the list of sessions. */
export const READING = [
  screen("rows", async ({ chat, line }) => {
    line.history = { messages: FULL_DAY, hasMore: true, nextOffset: 15 };
    await chat.connect();
    await chat.log.getByText("This is cut by the gateway").waitFor();
  }),
  screen("rows-opened", async ({ chat }) => {
    for (const fold of await chat.log.locator("summary").all()) {
      await fold.click();
    }
    await chat.log.locator("summary").first().scrollIntoViewIfNeeded();
  }),
  screen("new-conversation", async ({ chat, page, line, list }) => {
    line.history = undefined;
    await list.getByRole("button", { name: chat.words("new-conversation"), exact: true }).click();
    await page.getByRole("heading", { name: chat.words("empty-title"), exact: true }).waitFor();
  }),
  screen("sessions-beside", async ({ chat, list, press }) => {
    // In no language, so that none is taken for another's.
    for (const words of [LONG_TITLE, SHORT_TITLE]) {
      await chat.send(words);
      await chat.reaches(words, "confirmed");
      await chat.idle();
      await list.getByRole("button", { name: chat.words("new-conversation"), exact: true }).click();
      await chat.own(words).first().waitFor({ state: "detached" });
    }
    await list.getByRole("listitem").filter({ hasText: LONG_TITLE }).locator(".session-more").click();
    await press("pin");
    await list.getByText(chat.words("pinned")).first().waitFor();
    await list.getByRole("listitem").filter({ hasText: SHORT_TITLE }).locator(".session-more").click();
  }, ["desktop"]),
  screen("sessions", async ({ press, list }) => {
    await press("sessions-show");
    await list.getByRole("link").first().waitFor();
  }, PHONE),
  screen("session-actions", async ({ list }) => {
    // Those of another one are open; the main one stands above it.
    await list.getByRole("listitem").filter({ hasText: "Main conversation" }).locator(".session-more").click();
    await list.locator(".session-actions").waitFor();
  }, PHONE),
  screen("session-start-over", async ({ press }) => {
    await press("start-over");
  }, PHONE),
  screen("sessions-archived", async ({ page, chat, press }) => {
    await press("archived");
    await page.getByText(chat.words("none-archived"), { exact: true }).waitFor();
  }, PHONE),
  screen("session-rename", async ({ list, press }) => {
    await list.getByRole("listitem").filter({ hasText: LONG_TITLE }).locator(".session-more").click();
    await press("rename");
    await list.locator(".session-name").waitFor();
  }, PHONE),
  screen("session-deleted", async ({ page, list, press }) => {
    await page.keyboard.press("Escape");
    await list.getByRole("listitem").filter({ hasText: SHORT_TITLE }).locator(".session-more").click();
    await press("delete");
    await page.locator(".toast").waitFor();
  }, PHONE),
];

/** WhatsApp is shown as it stands now. */
async function lookAgain({ press, list, page }) {
  await press("back-to-conversation");
  if (!(await list.isVisible())) {
    await press("sessions-show");
  }
  await list.getByRole("button", { name: "WhatsApp" }).click();
  await page.getByRole("heading", { name: "WhatsApp", level: 1 }).waitFor();
}

/** From here on a screen of WhatsApp says this. */
function whatsapp(name, account, link, words, sizes) {
  const show = async (stage) => {
    stage.line.answers["channels.status"] = () => standing(account, link);
    await lookAgain(stage);
    // The time of the next try may stand beside it.
    await stage.page.getByRole("main").getByText(stage.chat.words(words)).waitFor();
  };
  return screen(name, show, sizes);
}

/** WhatsApp, at a gateway that has it, in every state in which a person has something to do. */
export const WHATSAPP = [
  screen("whatsapp-absent", async ({ chat, page, list }) => {
    await chat.connect();
    await list.getByRole("button", { name: "WhatsApp" }).click();
    await page.getByText(chat.words("wa-absent"), { exact: true }).waitFor();
  }),
  whatsapp("whatsapp-not-linked", NOT_LINKED, undefined, "wa-not-linked"),
  screen("whatsapp-qr", async ({ chat, page, line, press }) => {
    line.answers["web.login.start"] = () => ({ qrDataUrl: PICTURE, message: "Scan it.", expiresInMs: 900_000 });
    line.answers["web.login.wait"] = () => new Promise((resolve) => (line.tell = resolve));
    await press("wa-show-qr");
    await page.getByRole("img", { name: chat.words("wa-qr"), exact: true }).waitFor();
  }),
  screen("whatsapp-over", async ({ chat, page, line }) => {
    line.tell({ connected: false, message: "42" });
    await page.getByRole("main").getByText(chat.words("wa-login-over"), { exact: true }).waitFor();
  }),
  screen("whatsapp-phone", async ({ page, chat, press }) => {
    await press("cancel");
    await press("wa-use-code");
    await page.getByRole("textbox", { name: chat.words("wa-phone"), exact: true }).fill("0170 1234567");
    await press("wa-get-code");
    await page.getByRole("main").getByText(chat.words("wa-phone-no-country"), { exact: true }).waitFor();
  }),
  screen("whatsapp-code", async ({ page, chat, press, line }) => {
    line.answers["clawline.channels.pair"] = () => ({ code: "47114242" });
    await page.getByRole("textbox", { name: chat.words("wa-phone"), exact: true }).fill("+49 170 1234567");
    await press("wa-get-code");
    await page.locator(".pair-code").waitFor();
  }),
  whatsapp("whatsapp-linked", LINKED, { state: "open" }, "wa-open"),
  screen("whatsapp-unlink", async ({ page, chat, press }) => {
    await press("wa-unlink");
    await page.getByRole("button", { name: chat.words("wa-unlink-yes"), exact: true }).waitFor();
  }),
  whatsapp("whatsapp-waiting", BROKEN, { state: "waiting", reason: "428", retryInMs: 900_000 }, "wa-waiting", PHONE),
  whatsapp("whatsapp-conflict", BROKEN, { state: "conflict", reason: "440" }, "wa-conflict"),
  whatsapp("whatsapp-logged-out", NOT_LINKED, { state: "logged_out", reason: "401" }, "wa-logged-out", PHONE),
  whatsapp("whatsapp-forbidden", NOT_LINKED, { state: "forbidden", reason: "403" }, "wa-forbidden", PHONE),
  whatsapp("whatsapp-no-node", BROKEN, { state: "no_node", reason: "there is no Node.js here" }, "wa-no-node", PHONE),
  whatsapp("whatsapp-too-old", BROKEN, { state: "too_old", reason: "405" }, "wa-too-old", PHONE),
  whatsapp("whatsapp-installing", NOT_LINKED, { state: "installing", step: "fetching" }, "wa-installing", PHONE),
  screen("whatsapp-rows", async ({ chat, page, line }) => {
    line.history = { messages: CHANNEL_DAY };
    await page.reload();
    await chat.isReady();
    await chat.log.getByText("1 + 1 = 2").waitFor();
    await until("somebody types", async () => {
      line.happens("clawline.channels.typing", { sessionKey: "agent:main:main", typing: [{ senderId: "4911@s.whatsapp.net", senderName: "安" }] });
      return (await page.locator(".typing").innerText()).includes("安");
    });
  }),
];
