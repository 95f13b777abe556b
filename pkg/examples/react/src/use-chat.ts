import { useMemo, useSyncExternalStore } from "react";
import type { Chat, ChatState, GatewayClient } from "clawline";

const NOTHING: ChatState = { loaded: false, items: [], runs: [], hasOlder: false, outbox: [], closed: false };

/** A chat that is open while a component shows it. */
function openWhileShown(client: GatewayClient, sessionKey?: string) {
  let chat: Chat | undefined;
  return {
    subscribe(listener: () => void) {
      const opened = (chat = client.chat(sessionKey));
      opened.subscribe(listener);
      return () => {
        opened.close();
        if (chat === opened) chat = undefined;
      };
    },
    state: () => chat?.state ?? NOTHING,
    send: (words: string) => client.send(words, { sessionKey }),
    stop: () => chat?.stop(),
    older: () => chat?.older(),
  };
}

/** The chat of a session (the main one by default), and what can be done in it. */
export function useChat(client: GatewayClient, sessionKey?: string) {
  const { subscribe, state, ...acts } = useMemo(() => openWhileShown(client, sessionKey), [client, sessionKey]);
  return { ...useSyncExternalStore(subscribe, state, () => NOTHING), ...acts };
}
