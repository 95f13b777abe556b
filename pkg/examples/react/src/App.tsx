import { useState, useSyncExternalStore, type FormEvent } from "react";
import { textOf } from "clawline";
import { client, inWords } from "./client.ts";
import { useChat } from "./use-chat.ts";

const onStatus = (listener: () => void) => client.on("status", listener);

export function App() {
  const status = useSyncExternalStore(onStatus, () => inWords(client.status));
  const { items, outbox, runs, send, stop } = useChat(client);

  const [problem, setProblem] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const words = String(new FormData(form).get("words")).trim();
    if (words === "") return;
    try {
      await send(words).stored;
      form.reset();
      setProblem("");
    } catch (error) {
      // What does not fit stays where it is.
      setProblem((error as Error).message);
    }
  }

  return (
    <main>
      <h1>A chat</h1>
      <p role="status">{status}</p>
      <div role="log" aria-label="Conversation">
        {items.map((item) => (
          <p key={item.id}>
            <b>{item.role}</b> {textOf(item.message)} {item.type === "run" && item.error}
          </p>
        ))}
        {outbox.map(({ key, text, state, reason }) => (
          <p key={key}>
            <b>user</b> {text} <i>({[state, reason].filter(Boolean).join(": ")})</i>{" "}
            {(state === "parked" || state === "unconfirmed") && (
              <>
                <button onClick={() => client.resend(key)}>Send again</button>
                <button onClick={() => client.remove(key)}>Remove</button>
              </>
            )}
          </p>
        ))}
      </div>
      <p role="alert">{problem}</p>
      <form onSubmit={submit}>
        <label>
          Message <input name="words" autoComplete="off" required />
        </label>
        <button>Send</button>
        {runs.length > 0 && (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
      </form>
    </main>
  );
}
