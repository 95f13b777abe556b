import assert from 'node:assert/strict';
import { join } from 'node:path';
import { BridgeProcess, folderFor } from './bridge.mjs';
import { writeLogin } from './whatsapp.mjs';

/** The folder of an account, linked where there is a `login`, and bridges over it that end with the test. */
export function account(t, build, login) {
  const home = folderFor();
  const auth = join(home, 'auth');
  if (login) writeLogin(auth, login);
  const start = (url, { args = [], ...options } = {}) => {
    const bridge = new BridgeProcess(build, [...args, '--auth-dir', auth, '--locks', join(home, 'locks'), '--test-server', url], { home, ...options });
    t.after(() => bridge.kill());
    return bridge;
  };
  return { home, auth, start };
}

/** The first event, from now or before, that says that the connection is in this state. */
export const state = (bridge, name, from) => bridge.event('state', (event) => event.state === name, from);

/** Starts the connection and waits until it is open. */
export async function opened(bridge) {
  await bridge.event('ready');
  const answer = await bridge.ask('start');
  assert.ok(answer.ok, JSON.stringify(answer));
  await state(bridge, 'open');
}
