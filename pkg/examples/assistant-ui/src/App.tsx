import { useSyncExternalStore } from "react";
import { AssistantRuntimeProvider, ComposerPrimitive, MessagePrimitive, ThreadPrimitive } from "@assistant-ui/react";
import { client, inWords } from "./client.ts";
import { useClawlineRuntime } from "./use-clawline-runtime.ts";

const chat = client.chat();
const onStatus = (listener: () => void) => client.on("status", listener);

export function App() {
  const status = useSyncExternalStore(onStatus, () => inWords(client.status));
  return (
    <AssistantRuntimeProvider runtime={useClawlineRuntime(chat)}>
      <main>
        <h1>A chat</h1>
        <p role="status">{status}</p>
        <ThreadPrimitive.Root>
          <ThreadPrimitive.Viewport role="log" aria-label="Conversation" tabIndex={0}>
            <ThreadPrimitive.Messages>
              {({ message: { role, metadata } }) => (
                <MessagePrimitive.Root>
                  <b>{role}</b> <MessagePrimitive.Parts /> <i>{metadata.custom.waits as string | undefined}</i>
                </MessagePrimitive.Root>
              )}
            </ThreadPrimitive.Messages>
          </ThreadPrimitive.Viewport>
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
