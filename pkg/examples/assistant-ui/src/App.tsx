import { useState, useSyncExternalStore } from "react";
import { AssistantRuntimeProvider, ComposerPrimitive, MessagePrimitive, ThreadPrimitive } from "@assistant-ui/react";
import { client, inWords } from "./client.ts";
import { useClawlineRuntime, type Waiting } from "./use-clawline-runtime.ts";

const chat = client.chat();
const onStatus = (listener: () => void) => client.on("status", listener);

export function App() {
  const status = useSyncExternalStore(onStatus, () => inWords(client.status));
  const [problem, setProblem] = useState("");
  return (
    <AssistantRuntimeProvider runtime={useClawlineRuntime(chat, setProblem)}>
      <main>
        <h1>A chat</h1>
        <p role="status">{status}</p>
        <ThreadPrimitive.Root>
          <ThreadPrimitive.Viewport role="log" aria-label="Conversation" tabIndex={0}>
            <ThreadPrimitive.Messages>
              {({ message: { role, metadata } }) => (
                <MessagePrimitive.Root>
                  <b>{role}</b> <MessagePrimitive.Parts />
                  {metadata.custom.waiting !== undefined && <Standing waiting={metadata.custom.waiting as Waiting} />}
                </MessagePrimitive.Root>
              )}
            </ThreadPrimitive.Messages>
          </ThreadPrimitive.Viewport>
          <p role="alert">{problem}</p>
          <ComposerPrimitive.Root>
            <label>
              Message <ComposerPrimitive.Input />
            </label>
            <ComposerPrimitive.Send>Send</ComposerPrimitive.Send>
            <ThreadPrimitive.If running>
              <ComposerPrimitive.Cancel>Stop</ComposerPrimitive.Cancel>
            </ThreadPrimitive.If>
          </ComposerPrimitive.Root>
        </ThreadPrimitive.Root>
      </main>
    </AssistantRuntimeProvider>
  );
}

/** How far a message has come. One that was stopped holds up those behind it, until somebody decides. */
function Standing({ waiting: { key, state, reason } }: { waiting: Waiting }) {
  return (
    <>
      <i> ({[state, reason].filter(Boolean).join(": ")}) </i>
      {(state === "parked" || state === "unconfirmed") && (
        <>
          <button onClick={() => client.resend(key)}>Send again</button>
          <button onClick={() => client.remove(key)}>Remove</button>
        </>
      )}
    </>
  );
}
