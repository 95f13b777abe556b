// IndexedDB: the databases of a device. The outbox has one per gateway, device
// and role, laid out so (version 1):
//   meta      "leaders" → { epoch, owners: { [owner]: { epoch, beat } } }
//   segments  { id, owner, rows: [{ facts, payload }] }, ids count up
//   facts     { segment, origin, …facts }: the newest facts of a row that has
//             changed, or { segment, origin, done: true }
// A row keeps its payload where it was written. A segment whose rows are all
// done goes, and their facts with it. What cannot be read stays where it is.

// A browser that does not answer must not hold up the outbox for ever.
const OPENING_MS = 10_000;
const TRANSACTION_MS = 30_000;
// What a connection throws that is of no use any more: the browser closed it
// behind our back, or it hangs. What became of the transaction is not known.
const DEAD = /^(Unknown|InvalidState|Abort|Timeout)Error$/;

// The answer to a request outside of transactions. One that comes too late is
// given to `late`.
function answered(request, late) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      request.onsuccess = late;
      reject(new Error("IndexedDB does not answer"));
    }, OPENING_MS);
    request.onsuccess = () => {
      clearTimeout(timer);
      resolve(request.result);
    };
    request.onerror = (event) => {
      clearTimeout(timer);
      // It would else reach the page's own handler of errors.
      event.preventDefault();
      reject(request.error);
    };
  });
}

// Runs `work(stores, tx)` in a transaction over these object stores, and
// resolves with what it returned once that is kept: a full disk undoes a
// transaction after its last request. `tx.ask(request, then)` goes on with a
// result, `tx.undo(why)` leaves everything as it was.
function transact(database, names, strict, work) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, "readwrite", { durability: strict ? "strict" : "relaxed" });
    let result;
    let failure;
    const undo = (why) => {
      if (failure) return;
      failure = why ?? new Error("the transaction was undone");
      try {
        transaction.abort();
      } catch {
        // It has ended: the browser undid it.
      }
    };
    const trying = (step) => {
      try {
        return step();
      } catch (why) {
        undo(why);
      }
    };
    const timer = setTimeout(() => {
      undo(new DOMException("IndexedDB does not answer", "TimeoutError"));
      reject(failure);
    }, TRANSACTION_MS);
    transaction.oncomplete = () => {
      clearTimeout(timer);
      resolve(result);
    };
    transaction.onabort = () => {
      clearTimeout(timer);
      reject(transaction.error ?? failure ?? new Error("the transaction was undone"));
    };
    transaction.onerror = (event) => {
      event.preventDefault();
      undo(event.target.error);
    };
    const ask = (request, then) => {
      request.onsuccess = () => trying(() => then(request.result));
    };
    result = trying(() => {
      const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
      return work(stores, { ask, undo });
    });
  });
}

// A connection to a database that lives as long as its owner wants.
class Connection {
  #database;
  #opening;
  #isFirst = true;

  // `migrations` make each version, with these object stores in the end, out
  // of the one before it; `greet(transact)` runs on each new connection but
  // the first, before anything else.
  constructor(name, stores, migrations, greet) {
    this.name = name;
    this.stores = stores;
    this.migrations = migrations;
    this.greet = greet;
    // Another page deleted the database.
    this.isGone = false;
  }

  // A failure is not remembered: the next call tries again.
  open() {
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect() {
    if (!globalThis.indexedDB) throw new DOMException("there is no IndexedDB here", "NotSupportedError");
    const request = indexedDB.open(this.name, this.migrations.length);
    request.onupgradeneeded = ({ oldVersion }) => {
      for (const migrate of this.migrations.slice(oldVersion)) migrate(request.result, request.transaction);
    };
    const database = await answered(request, () => request.result.close());
    const lose = () => {
      database.close();
      if (this.#database === database) this.#database = undefined;
    };
    database.onclose = lose;
    // A newer page wants to change the layout: an open connection would make
    // it wait for ever.
    database.onversionchange = ({ newVersion }) => {
      this.isGone ||= newVersion === null;
      lose();
    };
    try {
      if (!this.#isFirst) await this.greet?.((work) => transact(database, this.stores, false, work));
    } catch (why) {
      lose();
      throw why;
    }
    this.#isFirst = false;
    this.#database = database;
    return database;
  }

  // A transaction; once more on a new connection when this one proves dead.
  // Whoever is greeted by a new one sees what became of the last.
  async run(strict, work) {
    for (let isLast = false; ; isLast = true) {
      try {
        return await transact(this.#database ?? (await this.open()), this.stores, strict, work);
      } catch (why) {
        if (!DEAD.test(why?.name)) throw why;
        this.close();
        if (isLast) throw why;
      }
    }
  }

  close() {
    this.#database?.close();
    this.#database = undefined;
  }
}

// What this device has: values by key. Each call is a transaction.
export class Shelf {
  constructor(name) {
    this.connection = new Connection(name, ["device"], [(database) => database.createObjectStore("device")]);
  }

  // Tries whether anything can be kept at all.
  open() {
    return this.connection.open();
  }

  // One transaction, as `storage.rs` says.
  change(read, prefix, decide) {
    return this.connection.run(false, ({ device }, { ask }) => {
      const values = [];
      for (const name of read) ask(device.get(name), (value) => void values.push(value));
      ask(device.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)), (names) => {
        for (const [name, value] of decide(values, names)) value === undefined ? device.delete(name) : device.put(value, name);
      });
    });
  }

  // `method` is one of an object store.
  async run(method, ...given) {
    const answer = {};
    await this.connection.run(false, ({ device }, { ask }) => {
      ask(device[method](...given), (value) => {
        answer.value = value;
      });
    });
    return answer.value;
  }

  close() {
    this.connection.close();
  }
}

// Deletes a database; other pages give way.
export function remove(name) {
  return answered(indexedDB.deleteDatabase(name), null);
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

const STORES = ["meta", "segments", "facts"];
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

export class DiskOutbox {
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
  #isClosed = false;

  // `owner` is a tab that has its own rows, or "" where one tab leads all.
  constructor(name, owner) {
    this.owner = owner;
    this.connection = new Connection(name, STORES, MIGRATIONS, (transact) => this.#load(transact));
  }

  // Once what is under way is done, and after whatever comes late.
  close() {
    this.#isClosed = true;
    this.#inTurn(() => {});
  }

  // To lead it, which gives the rows, facts and payload in turn, in order; or
  // to add to it.
  async enter(leads) {
    if (leads) return this.#inTurn(() => this.#load((work) => this.connection.run(false, work), true));
    await this.connection.run(false, () => {});
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
    // A follower knows no newest facts: to it, what is done would be new.
    if (!this.#epoch) return Promise.resolve([]);
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
    return this.#run(false, (stores, tx) => {
      const staged = newStage();
      this.#check(stores, tx, (leaders) => {
        // Also what nobody has ever led: it was added without a connection.
        const isOrphan = (owner) => typeof owner === "string" && owner !== this.owner && !(leaders.owners[owner]?.beat >= before);
        const stale = Object.keys(leaders.owners).filter(isOrphan);
        for (const owner of stale) delete leaders.owners[owner];
        if (stale.length) stores.meta.put(leaders, LEADERS);
        let adopted;
        tx.ask(stores.segments.getAll(), (found) => {
          adopted = found.filter(({ owner }) => isOrphan(owner));
          for (const segment of adopted) stores.segments.put(Object.assign(segment, { owner: this.owner }));
        });
        tx.ask(stores.facts.getAll(), (newest) => this.#sift(adopted, newest, stores, staged));
      });
      return staged;
    });
  }

  #inTurn(task) {
    const done = this.#turn.then(task);
    this.#turn = done
      .catch(() => {})
      .then(() => {
        if (this.#isClosed) this.connection.close();
      });
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
    for (const origin of gone) this.#segments.delete(origin);
    for (const [origin, segment] of added) this.#segments.set(origin, segment);
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
      const segment = staged.gone.has(origin) ? undefined : this.#segments.get(origin);
      if (!facts) {
        fresh.delete(origin);
        if (segment) {
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
