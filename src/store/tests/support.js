// What tests do to a browser's storage, beside what the store does.

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error);
    };
  });

const names = ["meta", "segments", "facts"];

// Everything in a database, as text; "none" when it has never been made.
export async function dump(name) {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.transaction.abort();
  const database = await answer(request).catch(() => undefined);
  if (!database) return "none";
  const transaction = database.transaction([...database.objectStoreNames]);
  const all = [...database.objectStoreNames].map(async (store) => [store, await answer(transaction.objectStore(store).getAll())]);
  const content = Object.fromEntries(await Promise.all(all));
  database.close();
  return JSON.stringify({ version: database.version, ...content });
}

// Makes a database as another version of the library would have left it.
export async function plant(name, version, content) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("meta");
    request.result.createObjectStore("segments", { keyPath: "id", autoIncrement: true });
    request.result.createObjectStore("facts", { keyPath: ["segment", "origin"] });
  };
  const database = await answer(request);
  await write(database, JSON.parse(content));
  database.close();
}

// Writes past the library into a store that is there.
export async function scribble(name, content) {
  const database = await answer(indexedDB.open(name));
  await write(database, JSON.parse(content));
  database.close();
}

async function write(database, content) {
  const transaction = database.transaction(names, "readwrite");
  for (const store of names) {
    for (const value of content[store] ?? []) {
      if (store === "meta") transaction.objectStore(store).put(value.value, value.key);
      else transaction.objectStore(store).put(value);
    }
  }
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

// A database without the object stores that it must have.
export async function hollow(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("something else");
  (await answer(request)).close();
}

// What a newer page does first: ends only when every older one gives way.
export async function upgrade(name, version) {
  const database = await answer(indexedDB.open(name, version));
  database.close();
}

export async function destroy(name) {
  await answer(indexedDB.deleteDatabase(name));
}

// The functions from here on change the browser, and return what brings it
// back.
export function withoutIndexedDb() {
  return replaced(globalThis, "indexedDB", { value: undefined });
}

// Opening a database whose name ends so fails with this kind of error, so
// often.
export function failToOpen(ending, kind, times) {
  let left = times;
  const real = IDBFactory.prototype.open;
  return replaced(IDBFactory.prototype, "open", {
    value(name, ...rest) {
      if (!name.endsWith(ending) || left <= 0) return real.call(this, name, ...rest);
      left -= 1;
      const request = { error: new DOMException("it is damaged", kind) };
      setTimeout(() => request.onerror({ preventDefault() {} }));
      return request;
    },
  });
}

// Waits of this length are over soon, but not before what is quick has ended.
export function shorten(long) {
  const wait = globalThis.setTimeout;
  return replaced(globalThis, "setTimeout", {
    value: (task, millis, ...rest) => wait(task, millis === long ? 300 : millis, ...rest),
  });
}

// Databases whose names end so are never opened.
export function neverOpen(ending) {
  const real = IDBFactory.prototype.open;
  return replaced(IDBFactory.prototype, "open", {
    value(name, ...rest) {
      return name.endsWith(ending) ? {} : real.call(this, name, ...rest);
    },
  });
}

// So many transactions, but for the first few, end like this.
//   "quota": undone after its last request, as when the disk is full
//   "dead":  so too, since the browser gave its database up
//   "lost":  the browser closed the connection before it began
//   "stuck": not at all
//   "mute":  well, but nobody is told
export function failTransactions(how, times, first = 0) {
  let left = first + times;
  const real = IDBDatabase.prototype.transaction;
  return replaced(IDBDatabase.prototype, "transaction", {
    value(stores, mode, options) {
      left -= 1;
      if (left < 0 || left >= times) return real.call(this, stores, mode, options);
      if (how === "lost") throw new DOMException("the connection is closing", "InvalidStateError");
      const transaction = real.call(this, stores, mode, options);
      if (how === "mute") {
        Object.defineProperty(transaction, "oncomplete", { set() {} });
        // It is too late for that.
        Object.defineProperty(transaction, "abort", { value: () => real.call(this, [], mode) });
        return transaction;
      }
      if (how === "stuck") {
        const again = () => {
          transaction.objectStore(transaction.objectStoreNames[0]).count().onsuccess = again;
        };
        queueMicrotask(again);
        return transaction;
      }
      const kind = how === "dead" ? "UnknownError" : "QuotaExceededError";
      Object.defineProperty(transaction, "error", { get: () => new DOMException("it was undone", kind) });
      queueMicrotask(() => {
        const ask = () => transaction.objectStore(transaction.objectStoreNames[0]).count();
        ask().onsuccess = () => {
          ask().onsuccess = () => transaction.abort();
        };
      });
      return transaction;
    },
  });
}

// The durability that each writing transaction asked for, since the last call.
const asked = [];
export function watchDurability() {
  const real = IDBDatabase.prototype.transaction;
  asked.length = 0;
  return replaced(IDBDatabase.prototype, "transaction", {
    value(stores, mode, options) {
      asked.push(options?.durability ?? "none");
      return real.call(this, stores, mode, options);
    },
  });
}

export function durabilities() {
  return asked.splice(0).join(" ");
}

// The browser closes every connection of ours, as when it clears a site.
const open = [];
export function watchConnections() {
  open.length = 0;
  const real = IDBFactory.prototype.open;
  return replaced(IDBFactory.prototype, "open", {
    value(...all) {
      const request = real.apply(this, all);
      request.addEventListener("success", () => open.push(request.result));
      return request;
    },
  });
}

export function openConnections() {
  const isOpen = (database) => {
    try {
      return Boolean(database.transaction([...database.objectStoreNames]));
    } catch {
      return false;
    }
  };
  return open.filter(isOpen).length;
}

export function closeConnections() {
  for (const database of open.splice(0)) {
    database.close();
    database.dispatchEvent(new Event("close"));
  }
}

// The browser is asked to keep this origin, and answers so; undefined: it
// cannot be asked.
export function answerPersist(answer) {
  const value = answer === undefined ? undefined : { persist: async () => answer };
  const owner = Object.getPrototypeOf(navigator);
  return replaced(owner, "storage", { get: () => value });
}

export async function blobText(payload) {
  const [{ name, mime, blob }] = payload.attachments;
  return `${name} ${mime} ${blob.size} ${await blob.text()}`;
}

export function payloadWithFile(text) {
  const blob = new Blob([text], { type: "text/plain" });
  return { method: "chat.send", params: "{}", attachments: [{ name: "a.txt", mime: "text/plain", blob }] };
}

// Something that no database can keep.
export function payloadThatCannotBeKept() {
  return { method: "chat.send", params: "{}", attachments: [() => {}] };
}

// A test that failed cannot clean up behind itself.
const undone = new Set();
export function restore() {
  for (const undo of undone) undo();
}

function replaced(owner, name, descriptor) {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { configurable: true, ...descriptor });
  const undo = () => {
    undone.delete(undo);
    Object.defineProperty(owner, name, before);
  };
  undone.add(undo);
  return undo;
}
