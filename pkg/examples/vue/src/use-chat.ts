import { onScopeDispose, shallowRef } from "vue";
import type { GatewayClient } from "clawline";

/** The chat of a session (the main one by default), open as long as the component. */
export function useChat(client: GatewayClient, sessionKey?: string) {
  const chat = client.chat(sessionKey);
  const state = shallowRef(chat.state);
  chat.subscribe(() => (state.value = chat.state));
  onScopeDispose(() => chat.close());
  return { state, send: (words: string) => chat.send(words), stop: () => chat.stop(), older: () => chat.older() };
}

/** Where the connection stands. */
export function useStatus(client: GatewayClient) {
  const status = shallowRef(client.status);
  onScopeDispose(client.on("status", (now) => (status.value = now)));
  return status;
}
