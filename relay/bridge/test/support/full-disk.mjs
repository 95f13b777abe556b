// Loaded before the bridge: while the file FULL_ARMED exists, the disk takes half of what is written and then nothing.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { writeSync } = fs;
let began = false;
fs.writeSync = (fd, data, ...rest) => {
  if (fd <= 2 || !fs.existsSync(process.env.FULL_ARMED)) return writeSync(fd, data, ...rest);
  if (began) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  began = true;
  return writeSync(fd, data.subarray(0, data.length >> 1));
};
syncBuiltinESMExports();
