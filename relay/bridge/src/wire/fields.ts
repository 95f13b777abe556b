import { Refused } from './refused.js';

/** A JSON object that came from outside: nothing in it is known yet. */
export type Fields = Record<string, unknown>;

/** Whether `value` is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const wrong = (name: string, what: string): Refused => new Refused('bad_command', `"${name}" must be ${what}`);

/** Text of at most `max` characters, not empty. */
export function text(from: Fields, name: string, max = 65_536): string {
  const value = from[name];
  if (typeof value !== 'string' || value === '' || value.length > max) throw wrong(name, `text of 1 to ${max} characters`);
  return value;
}

/** Text like `text`, or nothing when the field is absent. */
export function maybeText(from: Fields, name: string, max = 65_536): string | undefined {
  return from[name] === undefined || from[name] === null ? undefined : text(from, name, max);
}

/** A whole number from `min` to `max`; `otherwise` when the field is absent. */
export function whole(from: Fields, name: string, min: number, max: number, otherwise?: number): number {
  const value = from[name] ?? otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw wrong(name, `a whole number from ${min} to ${max}`);
  }
  return value;
}

/** A flag; false when absent. */
export function flag(from: Fields, name: string): boolean {
  const value = from[name] ?? false;
  if (typeof value !== 'boolean') throw wrong(name, 'true or false');
  return value;
}

/** One of a few words. */
export function word<const W extends string>(from: Fields, name: string, words: readonly W[], otherwise?: W): W {
  const value = from[name] ?? otherwise;
  if (!words.includes(value as W)) throw wrong(name, `one of ${words.join(', ')}`);
  return value as W;
}

/** A list of at most `max` texts; empty when absent. */
export function texts(from: Fields, name: string, max: number): string[] {
  const value = from[name] ?? [];
  if (!Array.isArray(value) || value.length > max || !value.every((one) => typeof one === 'string' && one !== '')) {
    throw wrong(name, `a list of at most ${max} texts`);
  }
  return value as string[];
}

/** An object. */
export function fields(from: Fields, name: string): Fields {
  const value = from[name];
  if (!isFields(value)) throw wrong(name, 'an object');
  return value;
}

const JID = /^[0-9]{1,32}(?:-[0-9]{1,32})?@(?:s\.whatsapp\.net|lid|g\.us|broadcast)$/;

/** The address of a person, a group or a broadcast list, without a device. `status@broadcast` is none. */
export function jid(from: Fields, name: string): string {
  const value = from[name];
  if (typeof value !== 'string' || !JID.test(value)) {
    throw wrong(name, 'an address like 15551234567@s.whatsapp.net, 123@lid, 123@g.us or 123@broadcast');
  }
  return value;
}

/** The address as `jid` reads it, or nothing when the field is absent. */
export function maybeJid(from: Fields, name: string): string | undefined {
  return from[name] === undefined || from[name] === null ? undefined : jid(from, name);
}

/** A message id: 8 to 64 letters, digits, dots, dashes or underscores. */
export function messageId(from: Fields, name: string): string {
  const value = from[name];
  if (typeof value !== 'string' || !/^[A-Za-z0-9._-]{8,64}$/.test(value)) {
    throw wrong(name, 'a message id of 8 to 64 letters and digits');
  }
  return value;
}
