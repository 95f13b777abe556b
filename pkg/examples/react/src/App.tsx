import { useSyncExternalStore, type FormEvent } from "react";
import { textOf } from "clawline";
import { client, inWords } from "./client.ts";
import { useChat } from "./use-chat.ts";

const onStatus = (listener: () => void) => client.on("status", listener);

export function App() {
  const status = useSyncExternalStore(onStatus, () => inWords(client.status));
  const { items, outbox, runs, send, stop } = useChat(client);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    send(String(new FormData(event.currentTarget).get("words")));
    event.currentTarget.reset();
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
        {outbox.map(({ key, text, state }) => (
          <p key={key}>
            <b>user</b> {text} <i>({state})</i>
          </p>
        ))}
      </div>
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
