// Loaded before the bridge: the process is killed right after its DIE_AT-th sync to disk, counted from the first write
// that keeps an inbound message; or, with DIE_BEFORE=event, right before its event would be written.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { fsyncSync, writeSync } = fs;
let counting = false;
let left = Number(process.env.DIE_AT);
fs.writeSync = (fd, data, ...rest) => {
  counting ||= data.includes('"inbound"');
  if (counting && process.env.DIE_BEFORE === 'event' && data.includes('"event"')) process.kill(process.pid, 'SIGKILL');
  return writeSync(fd, data, ...rest);
};
fs.fsyncSync = (fd) => {
  fsyncSync(fd);
  if (counting && --left === 0) process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
