import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { redacted } from '../dist/wire/stdio.js';

const SECRET = 'c2VjcmV0IGtleSBtYXRlcmlhbCB0aGF0IG5vYm9keSBtYXkgc2Vl';

test('only the protocol reaches standard output, and no key reaches standard error', () => {
  const script = `
    import { seizeStdout } from './dist/wire/stdio.js';
    const out = seizeStdout();
    const { default: pino } = await import('pino');
    const { DEFAULT_CONNECTION_CONFIG } = await import('@whiskeysockets/baileys');
    const session = { privKey: '${SECRET}' };
    console.log('log', session); console.info('Closing session:', session); console.warn('warned ${SECRET}', session);
    console.error('Session error: bad', session); console.dir(session); console.table([session]); console.trace(session);
    process.stdout.write(JSON.stringify(session));
    pino().error(session, 'x'); pino(pino.destination({ fd: 1, sync: true })).error(session, 'x');
    DEFAULT_CONNECTION_CONFIG.logger.error(session, 'from Baileys');
    const fs = (await import('node:fs')).default;
    fs.writeSync(1, '${SECRET}'); fs.write(1, '${SECRET}', () => {}); fs.writevSync(1, [Buffer.from('${SECRET}')]);
    out.write('{"ev":"ready"}\\n');
    setTimeout(() => out.write('{"ev":"last"}\\n'), 200);
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(run.stdout, '{"ev":"ready"}\n{"ev":"last"}\n', run.stderr);
  assert.ok(!run.stderr.includes(SECRET.slice(0, 20)), run.stderr);
  assert.match(run.stderr, /Session error: bad/);
});

test('long runs of key letters and lists of bytes are cut, sentences stay', () => {
  assert.equal(redacted(`Bad MAC ${SECRET}\nsecond`), 'Bad MAC [cut] second');
  assert.equal(redacted(`Buffer ${Array(32).fill('201').join(', ')}`), 'Buffer [cut]');
  assert.equal(redacted('timed out waiting for message'), 'timed out waiting for message');
});
