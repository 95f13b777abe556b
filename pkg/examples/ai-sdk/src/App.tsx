import { Suspense, use, useCallback, useSyncExternalStore, type FormEvent } from "react";
import { Chat, useChat } from "@ai-sdk/react";
import { client, inWords } from "./client.ts";
import { ClawlineTransport, isStopped, messagesOf } from "./transport.ts";

const onStatus = (listener: () => void) => client.on("status", listener);

/** The main session, from what was said before; an answer that is being given goes on. */
async function openConversation() {
  const session = client.chat();
  for await (const { loaded } of session.changes()) if (loaded) break;
  const chat = new Chat({
    messages: messagesOf(session.state),
    transport: new ClawlineTransport(session),
    // The SDK's list has what does not fit, or was refused: the latter stands below it, until somebody decides.
    onError: () => {
      chat.messages = messagesOf(session.state);
    },
  });
  void chat.resumeStream();
  return { chat, session };
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
  const { chat, session } = use(opening);
  const { messages, setMessages, sendMessage, resumeStream, clearError, stop, status, error } = useChat({ chat });
  const subscribe = useCallback((listener: () => void) => session.subscribe(listener), [session]);
  const { outbox } = useSyncExternalStore(subscribe, () => session.state);
  const isBusy = status === "submitted" || status === "streaming";

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get("words")).trim();
    // What does not fit stays where it is.
    if (text !== "") void sendMessage({ text }, { metadata: { onStored: () => form.reset() } });
  }

  function sendAgain(key: string) {
    client.resend(key);
    setMessages(messagesOf(session.state));
    void resumeStream();
  }

  function remove(key: string) {
    client.remove(key);
    clearError();
  }

  return (
    <>
      <div role="log" aria-label="Conversation">
        {messages.map(({ id, role, parts }) => (
          <p key={id}>
            <b>{role}</b> {parts.map((part) => (part.type === "text" ? part.text : ""))}
          </p>
        ))}
        {outbox.filter(isStopped).map(({ key, text, state, reason }) => (
          <p key={key}>
            <b>user</b> {text} <i>({[state, reason].filter(Boolean).join(": ")})</i>{" "}
            <button onClick={() => sendAgain(key)}>Send again</button>
            <button onClick={() => remove(key)}>Remove</button>
          </p>
        ))}
        {isBusy && <i>{status}</i>}
      </div>
      <p role="alert">{error?.message}</p>
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
