// What every IndexedDB database here has in common: it opens or says why not,
// the end of a transaction is waited for, and a dead connection is replaced.

// A browser that does not answer must not hold up the outbox for ever.
const PATIENCE_MS = 10_000;
// What a connection throws that the browser has closed behind our back.
const DEAD = /^(Unknown|InvalidState|Abort)Error$/;

// The answer to a request outside of transactions. One that comes too late is
// given to `late`.
function answered(request, late) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      request.onsuccess = late;
      reject(new Error("IndexedDB does not answer"));
    }, PATIENCE_MS);
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

// Runs `work(stores, tx)` in a transaction over the whole database, and
// resolves with what it returned once that is kept: a full disk undoes a
// transaction after its last request. `tx.ask(request, then)` goes on with a
// result, `tx.undo(why)` leaves everything as it was.
function transact(database, strict, work) {
  return new Promise((resolve, reject) => {
    const names = [...database.objectStoreNames];
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
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(failure ?? transaction.error ?? new Error("the transaction was undone"));
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

  // `migrations` make each version out of the one before it.
  constructor(name, migrations) {
    this.name = name;
    this.migrations = migrations;
    // Is given the means for a transaction on each new connection but the
    // first, before anything else is done with it.
    this.greet = undefined;
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
    if (!globalThis.indexedDB) throw new Error("there is no IndexedDB here");
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
      if (!this.#isFirst) await this.greet?.((work) => transact(database, false, work));
    } catch (why) {
      lose();
      throw why;
    }
    this.#isFirst = false;
    this.#database = database;
    return database;
  }

  // A transaction; once more on a new connection when this one proves dead.
  async run(strict, work) {
    for (let isLast = false; ; isLast = true) {
      try {
        return await transact(this.#database ?? (await this.open()), strict, work);
      } catch (why) {
        if (isLast || !DEAD.test(why?.name)) throw why;
        this.close();
      }
    }
  }

  close() {
    this.#database?.close();
    this.#database = undefined;
  }
}

const SHELF = [(database) => database.createObjectStore("device")];

// A few values by key: what this device has. Each call is a transaction.
export class Shelf {
  constructor(name) {
    this.connection = new Connection(name, SHELF);
  }

  // Another database of this device.
  connect(name, migrations) {
    return new Connection(name, migrations);
  }

  // Deletes another database; other pages give way.
  remove(name) {
    return answered(indexedDB.deleteDatabase(name), null);
  }

  async #run(work) {
    const answer = await this.connection.run(false, ({ device }, { ask }) => {
      const answer = {};
      ask(work(device), (value) => {
        answer.value = value;
      });
      return answer;
    });
    return answer.value;
  }

  // Tries whether anything can be kept at all.
  open() {
    return this.connection.open();
  }

  get(key) {
    return this.#run((device) => device.get(key));
  }

  // The keys that begin so.
  keys(start) {
    return this.#run((device) => device.getAllKeys(IDBKeyRange.bound(start, `${start}\uffff`)));
  }

  put(key, value) {
    return this.#run((device) => device.put(value, key));
  }

  // Only when the key is free: of two tabs, one is first.
  add(key, value) {
    return this.#run((device) => device.add(value, key));
  }

  delete(key) {
    return this.#run((device) => device.delete(key));
  }

  clear() {
    return this.#run((device) => device.clear());
  }

  close() {
    this.connection.close();
  }
}
