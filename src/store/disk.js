// The outbox on disk: one IndexedDB database per gateway, device and role.
//
// Layout, version 1:
//   meta      "leaders" → { epoch, owners: { [owner]: { epoch, beat } } }
//   segments  { id, owner, rows: [{ facts, payload }] }, ids count up
//   facts     { segment, origin, …facts }: the newest facts of a row that has
//             changed, or { segment, origin, done: true }
// A row keeps its payload where it was written. A segment whose rows are all
// done goes, and their facts with it. What cannot be read stays where it is.

const MIGRATIONS = [
  (database) => {
    database.createObjectStore("meta");
    database.createObjectStore("segments", { keyPath: "id", autoIncrement: true });
    database.createObjectStore("facts", { keyPath: ["segment", "origin"] });
  },
];

// A segment is written at once, and its rows stay until the last one is done.
const SEGMENT_ROWS = 100;
const LEADERS = "leaders";
const DEPOSED = { name: "Deposed", message: "another tab has taken over the outbox" };

// All facts of a segment: an array sorts behind every text.
const factsOf = (segment) => IDBKeyRange.bound([segment], [segment, []]);

class DiskOutbox {
  // One thing at a time: a transaction must find the index as the one before
  // it left it.
  #turn = Promise.resolve();
  // The leadership that this is, 0 for a follower.
  #epoch = 0;
  // The segment of each row that is not done.
  #segments = new Map();
  // How many rows of each segment are not done.
  #left = new Map();
  // Every segment up to this one is known.
  #read = 0;

  constructor(connection, owner) {
    this.owner = owner;
    this.connection = connection;
    connection.greet = (transact) => this.#load(transact, false);
  }

  close() {
    this.connection.close();
  }

  // Takes the lead, and gives the rows: facts and payload in turn, in order.
  lead() {
    return this.#inTurn(() => this.#load((work) => this.connection.run(false, work), true));
  }

  async follow() {
    await this.connection.open();
    return [];
  }

  // Keeps changes, all of them or none; `json` has them, with their payloads
  // beside it. A follower only adds.
  apply(json, payloads, strict) {
    const changes = JSON.parse(json);
    return this.#run(strict, (stores, tx) => {
      this.#check(stores, tx);
      return this.#write(changes, payloads, stores, tx);
    });
  }

  // The rows that others have added since the last look.
  readNew() {
    return this.#run(false, (stores, tx) => {
      const staged = newStage();
      this.#check(stores, tx);
      tx.ask(stores.segments.getAll(IDBKeyRange.lowerBound(this.#read, true)), (found) => {
        staged.read = found.at(-1)?.id;
        const unknown = found.filter(({ id }) => !this.#left.has(id));
        this.#sift(unknown, [], stores, staged);
      });
      return staged;
    });
  }

  // This owner lives. At 0 anybody may adopt its rows at once.
  beat(now) {
    return this.#run(false, (stores, tx) => {
      this.#check(stores, tx, (leaders) => {
        leaders.owners[this.owner].beat = now;
        stores.meta.put(leaders, LEADERS);
      });
      return newStage();
    });
  }

  // Takes the rows of owners that were not heard of since `before`. Of two
  // that try, the second finds nothing.
  adopt(before) {
    return this.#run(true, (stores, tx) => {
      const staged = newStage();
      this.#check(stores, tx, (leaders) => {
        const stale = Object.keys(leaders.owners).filter((owner) => leaders.owners[owner].beat < before);
        const orphans = stale.filter((owner) => owner !== this.owner);
        if (!orphans.length) return;
        for (const owner of orphans) delete leaders.owners[owner];
        stores.meta.put(leaders, LEADERS);
        let adopted;
        tx.ask(stores.segments.getAll(), (found) => {
          adopted = found.filter(({ owner }) => orphans.includes(owner));
          for (const segment of adopted) stores.segments.put(Object.assign(segment, { owner: this.owner }));
        });
        tx.ask(stores.facts.getAll(), (newest) => this.#sift(adopted, newest, stores, staged));
      });
      return staged;
    });
  }

  #inTurn(task) {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => {});
    return done;
  }

  // Runs a transaction, and takes over into the index what it staged.
  #run(strict, work) {
    return this.#inTurn(async () => {
      if (this.connection.isGone) throw DEPOSED;
      const staged = await this.connection.run(strict, work).catch((why) => {
        // A newer page has changed the layout, and leads.
        throw why?.name === "VersionError" ? DEPOSED : why;
      });
      this.#settle(staged);
      return staged.rows;
    });
  }

  #settle({ added, gone, left, read }) {
    for (const [origin, segment] of added) this.#segments.set(origin, segment);
    for (const origin of gone) this.#segments.delete(origin);
    for (const [segment, rows] of left) {
      if (rows) this.#left.set(segment, rows);
      else this.#left.delete(segment);
      if (segment === this.#read + 1) this.#read = segment;
    }
    this.#read = Math.max(this.#read, read ?? 0);
  }

  // Undoes the transaction when another tab leads.
  #check({ meta }, tx, then) {
    if (!this.#epoch) return;
    tx.ask(meta.get(LEADERS), (leaders) => {
      if (leaders?.owners?.[this.owner]?.epoch !== this.#epoch) tx.undo(DEPOSED);
      else then?.(leaders);
    });
  }

  // Makes the index from what is on the disk. A store that somebody has
  // emptied meanwhile has no leaders, and is led on.
  async #load(transact, isNew) {
    const staged = await transact((stores, tx) => {
      const staged = newStage();
      let epoch = this.#epoch;
      tx.ask(stores.meta.get(LEADERS), (kept) => {
        const leaders = kept?.owners ? kept : { epoch: 0, owners: {} };
        if (isNew || (epoch && leaders !== kept)) {
          // Larger than any before, also than those that were deleted.
          epoch = leaders.epoch = Math.max(Date.now(), (leaders.epoch || 0) + 1);
          // Who leads by a lock needs no beat.
          leaders.owners[this.owner] = { epoch, beat: this.owner ? Date.now() : Infinity };
          stores.meta.put(leaders, LEADERS);
        } else if (epoch && leaders.owners[this.owner]?.epoch !== epoch) tx.undo(DEPOSED);
      });
      let found;
      tx.ask(stores.segments.getAll(), (all) => {
        found = all;
        staged.read = found.at(-1)?.id;
      });
      tx.ask(stores.facts.getAll(), (newest) => {
        this.#segments.clear();
        this.#sift(found, newest, epoch && stores, staged);
        staged.epoch = epoch;
      });
      return staged;
    });
    this.#epoch = staged.epoch;
    this.#left.clear();
    this.#read = 0;
    this.#settle(staged);
    return staged.rows;
  }

  // Stages the rows of segments that are ours and not done. A row whose origin
  // is known already is a copy: a connection was lost while it was written.
  // Only a leader has `stores`, and cleans up.
  #sift(found, newest, stores, staged) {
    const changed = new Map(newest.map((facts) => [`${facts.segment} ${facts.origin}`, facts]));
    for (const { id, owner, rows } of found) {
      if (typeof owner === "string" && owner !== this.owner) continue;
      let left = 0;
      for (const row of Array.isArray(rows) ? rows : [undefined]) {
        const origin = row?.facts?.origin;
        const facts = changed.get(`${id} ${origin}`) ?? row?.facts;
        if (facts?.done) continue;
        if (this.#segments.has(origin) || staged.added.has(origin)) {
          if (stores) stores.facts.put({ segment: id, origin, done: true });
          continue;
        }
        left += 1;
        if (typeof origin === "string") staged.added.set(origin, id);
        staged.rows.push(facts, row?.payload);
      }
      staged.left.set(id, left);
      if (!left && stores) drop(stores, id);
    }
  }

  #write(changes, payloads, stores, tx) {
    const staged = newStage();
    const fresh = new Map();
    const edits = new Map();
    for (const [index, { origin, isNew, facts }] of changes.entries()) {
      const payload = payloads[index];
      const row = fresh.get(origin);
      const segment = this.#segments.get(origin);
      if (!facts) {
        fresh.delete(origin);
        if (segment && !staged.gone.has(origin)) {
          staged.gone.add(origin);
          staged.left.set(segment, (staged.left.get(segment) ?? this.#left.get(segment)) - 1);
        }
      } else if (row) {
        row.facts = facts;
        row.payload = payload ?? row.payload;
      } else if (segment) {
        stores.facts.put({ segment, ...facts });
        if (payload && !isNew) edits.set(segment, (edits.get(segment) ?? new Map()).set(origin, payload));
      } else if (isNew) {
        fresh.set(origin, { facts, payload });
      }
    }
    for (const origin of staged.gone) {
      const segment = this.#segments.get(origin);
      if (staged.left.get(segment)) stores.facts.put({ segment, origin, done: true });
    }
    for (const [segment, left] of staged.left) {
      if (!left) drop(stores, segment);
    }
    for (const [segment, payloads] of edits) {
      if (staged.left.get(segment) === 0) continue;
      tx.ask(stores.segments.get(segment), (found) => {
        for (const row of found.rows) row.payload = payloads.get(row?.facts?.origin) ?? row.payload;
        stores.segments.put(found);
      });
    }
    for (const rows of segments([...fresh.values()])) {
      tx.ask(stores.segments.add({ owner: this.owner, rows }), (segment) => {
        for (const { facts } of rows) staged.added.set(facts.origin, segment);
        staged.left.set(segment, rows.length);
      });
    }
    return staged;
  }
}

// What a transaction changes in the index once it is kept.
function newStage() {
  return { rows: [], added: new Map(), gone: new Set(), left: new Map(), read: undefined };
}

function drop({ segments, facts }, segment) {
  segments.delete(segment);
  facts.delete(factsOf(segment));
}

// Cuts rows into segments. Files stand alone: they would else stay on the disk
// as long as their neighbours.
function segments(rows) {
  const cut = [];
  let last = [];
  for (const row of rows) {
    const isAlone = row.payload?.attachments?.length;
    if (!last.length || last.length === SEGMENT_ROWS || isAlone) cut.push((last = []));
    last.push(row);
    if (isAlone) last = [];
  }
  return cut;
}

// What the disk says when it will not give back what it holds, also the second
// time. Anything else may pass: full, forbidden, too slow.
const CORRUPT = /^(Unknown|NotFound|NotReadable|Data|DataClone|Encoding)Error$/;
// On the device's shelf: the parts of each outbox. The last one is in use, the
// others could not be read and were set aside.
const PARTS = "outbox ";

const part = (name, number) => (number > 1 ? `${name}/${number}` : name);

// Opens the outbox `name` of a device: to lead, with its rows, or to add to
// it. `owner` is a tab that has its own rows, or "" where one tab leads all.
export async function open(shelf, name, owner, leads) {
  const key = PARTS + name;
  const kept = await shelf.get(key);
  const parts = kept?.length ? kept : [1];
  // Before there is a database: who forgets the device must find it.
  if (!kept) await shelf.put(key, parts);
  const enterLast = () => enter(shelf, part(name, parts.at(-1)), owner, leads);
  const opened = await enterLast().catch(async (why) => {
    if (!CORRUPT.test(why?.name)) throw why;
    parts.push(parts.at(-1) + 1);
    await shelf.put(key, parts);
    return enterLast();
  });
  return { ...opened, isSetAside: parts.length > 1 };
}

// A first failure of the browser may have been the connection's.
async function enter(shelf, name, owner, leads) {
  for (let isLast = false; ; isLast = true) {
    const outbox = new DiskOutbox(shelf.connect(name, MIGRATIONS), owner);
    try {
      return { outbox, rows: leads ? await outbox.lead() : await outbox.follow() };
    } catch (why) {
      outbox.close();
      if (isLast || !(why instanceof DOMException) || why.name === "VersionError") throw why;
    }
  }
}

// Deletes every outbox of a device, also those that were set aside.
export async function removeAll(shelf) {
  for (const key of await shelf.keys(PARTS)) {
    const parts = await shelf.get(key);
    for (const number of parts) await shelf.remove(part(key.slice(PARTS.length), number));
    await shelf.delete(key);
  }
}

// Asks the browser not to clear this origin when space is short; undefined
// where it cannot be asked.
export async function persist() {
  try {
    return await navigator.storage.persist();
  } catch {
    return undefined;
  }
}
