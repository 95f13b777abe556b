import type { Open } from '../socket.js';

/**
 * Who sees us typing. `paused` follows every `composing` by itself, after at most its time to live, and at every stop:
 * the other side never sees somebody typing who has gone.
 */
export class Typing {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /** Shows a state in a chat; `composing` and `recording` end after `ttl` milliseconds. */
  async show(open: Open, jid: string, state: 'composing' | 'recording' | 'paused', ttl: number): Promise<void> {
    clearTimeout(this.timers.get(jid));
    this.timers.delete(jid);
    if (state !== 'paused') {
      const timer = setTimeout(() => {
        this.timers.delete(jid);
        open.sock.sendPresenceUpdate('paused', jid).catch(() => undefined);
      }, ttl);
      this.timers.set(jid, timer.unref());
    }
    await open.sock.sendPresenceUpdate(state, jid);
  }

  /** Ends it everywhere, as far as the socket still carries it. */
  async end(open: Open | undefined): Promise<void> {
    const chats = [...this.timers.keys()];
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    if (open) await Promise.allSettled(chats.map((jid) => open.sock.sendPresenceUpdate('paused', jid)));
  }
}
