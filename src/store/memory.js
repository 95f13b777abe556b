// The outbox where nothing can be kept: as long as the page lives, and seen by
// this page alone.

const DEPOSED = { name: "Deposed", message: "another client has taken over the outbox" };

// By name, so that a client that comes back to a gateway finds its messages.
const kept = new Map();

class MemoryOutbox {
  constructor(name, owner) {
    this.owner = owner;
    this.epoch = 0;
    if (!kept.has(name)) kept.set(name, { epoch: 0, owners: new Map(), rows: new Map() });
    this.shelf = kept.get(name);
  }

  lead() {
    this.epoch = this.shelf.epoch = Math.max(Date.now(), this.shelf.epoch + 1);
    this.shelf.owners.set(this.owner, { epoch: this.epoch, beat: this.owner ? Date.now() : Infinity });
    this.known = new Set();
    return this.#unknown();
  }

  async apply(json, payloads) {
    this.#check();
    const { rows } = this.shelf;
    for (const [index, { origin, isNew, facts }] of JSON.parse(json).entries()) {
      const payload = payloads[index];
      const row = rows.get(origin);
      if (!facts) rows.delete(origin);
      else if (row) Object.assign(row, { facts, payload: payload && !isNew ? payload : row.payload });
      else if (isNew) rows.set(origin, { owner: this.owner, facts, payload });
      if (facts && this.epoch) this.known.add(origin);
    }
    return [];
  }

  async readNew() {
    this.#check();
    return this.#unknown();
  }

  async beat(now) {
    this.#check();
    this.shelf.owners.get(this.owner).beat = now;
    return [];
  }

  async adopt(before) {
    this.#check();
    const { owners, rows } = this.shelf;
    for (const [owner, { beat }] of owners) {
      if (owner === this.owner || beat >= before) continue;
      owners.delete(owner);
      for (const row of rows.values()) if (row.owner === owner) row.owner = this.owner;
    }
    return this.#unknown();
  }

  close() {}

  #check() {
    if (this.epoch && this.shelf.owners.get(this.owner)?.epoch !== this.epoch) throw DEPOSED;
  }

  #unknown() {
    const found = [];
    for (const [origin, { owner, facts, payload }] of this.shelf.rows) {
      if (owner !== this.owner || this.known.has(origin)) continue;
      this.known.add(origin);
      found.push(facts, payload);
    }
    return found;
  }
}

export function open(name, owner, leads) {
  const outbox = new MemoryOutbox(name, owner);
  return { outbox, rows: leads ? outbox.lead() : [] };
}

// Drops what is kept under names that begin so; nobody leads it any more.
export function forget(start) {
  for (const [name, { owners }] of kept) {
    if (!name.startsWith(start)) continue;
    owners.clear();
    kept.delete(name);
  }
}
