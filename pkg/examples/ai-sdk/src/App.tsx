import { Suspense, use, useSyncExternalStore, type FormEvent } from "react";
import { Chat, useChat } from "@ai-sdk/react";
import { client, inWords } from "./client.ts";
import { ClawlineTransport, messagesOf } from "./transport.ts";

const onStatus = (listener: () => void) => client.on("status", listener);

/** The main session, from what was said before; an answer that is being given goes on. */
async function openConversation() {
  const session = client.chat();
  for await (const { loaded } of session.changes()) if (loaded) break;
  const chat = new Chat({ messages: messagesOf(session.state), transport: new ClawlineTransport(session) });
  void chat.resumeStream();
  return chat;
}

const opening = openConversation();

export function App() {
  const status = useSyncExternalStore(onStatus, () => inWords(client.status));
  return (
    <main>
      <h1>A chat</h1>
      <p role="status">{status}</p>
      <Suspense>
        <Conversation />
      </Suspense>
    </main>
  );
}

function Conversation() {
  const { messages, sendMessage, stop, status, error } = useChat({ chat: use(opening) });
  const isBusy = status === "submitted" || status === "streaming";

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void sendMessage({ text: String(new FormData(event.currentTarget).get("words")) });
    event.currentTarget.reset();
  }

  return (
    <>
      <div role="log" aria-label="Conversation">
        {messages.map(({ id, role, parts }) => (
          <p key={id}>
            <b>{role}</b> {parts.map((part) => (part.type === "text" ? part.text : ""))}
          </p>
        ))}
        {isBusy && <i>{status}</i>}
        {error && <p>{error.message}</p>}
      </div>
      <form onSubmit={submit}>
        <label>
          Message <input name="words" autoComplete="off" required />
        </label>
        <button disabled={isBusy}>Send</button>
        {isBusy && (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
      </form>
    </>
  );
}
