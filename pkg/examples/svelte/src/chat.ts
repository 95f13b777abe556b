import { createSubscriber } from "svelte/reactivity";
import type { Chat, ChatState, GatewayClient, SendHandle, Status } from "clawline";

const NOTHING: ChatState = { loaded: false, items: [], runs: [], hasOlder: false, outbox: [], closed: false };

/** The chat of a session (the main one by default), open while something shows its `state`. */
export class LiveChat {
  #chat: Chat | undefined;
  #track: () => void;

  constructor(client: GatewayClient, sessionKey?: string) {
    this.#track = createSubscriber((update) => {
      const chat = (this.#chat = client.chat(sessionKey));
      chat.subscribe(update);
      return () => {
        chat.close();
        this.#chat = undefined;
      };
    });
    this.send = (words) => client.send(words, { sessionKey });
  }

  get state(): ChatState {
    this.#track();
    return this.#chat?.state ?? NOTHING;
  }

  send: (words: string) => SendHandle;
  stop = () => this.#chat?.stop();
  older = () => this.#chat?.older();
}

/** Where the connection stands. */
export class LiveStatus {
  #client: GatewayClient;
  #track: () => void;

  constructor(client: GatewayClient) {
    this.#client = client;
    this.#track = createSubscriber((update) => client.on("status", update));
  }

  get current(): Status {
    this.#track();
    return this.#client.status;
  }
}
