// What one would write by hand: a queue in IndexedDB, one message of a session
// under way at a time, and a row goes when its message is confirmed. It marks
// nothing before it sends, so after a crash it would send some twice.

/**
 * @param {string} name of the database
 * @param {number} most rows that a record has
 */
export async function outbox(url, onDone, name, most) {
  const database = await opened(name);
  const lanes = new Map();
  const under = new Map();
  let fresh = [];
  let gone = [];
  let writing = Promise.resolve();
  let waiting;
  let socket;
  let last = 0;

  for (const { id, rows } of await everything(database)) add(rows, id);

  function add(rows, id) {
    const record = { id, left: rows.length };
    for (const row of rows) {
      const lane = lanes.get(row.session) ?? { waiting: [], busy: false };
      lanes.set(row.session, lane);
      lane.waiting.push({ row, record });
    }
    return record;
  }

  // One transaction at a time: what comes meanwhile goes into the next.
  function flush() {
    waiting ??= writing.then(() => {
      waiting = undefined;
      const [rows, ids] = [fresh, gone];
      [fresh, gone] = [[], []];
      writing = write(rows, ids);
      return writing;
    });
    return waiting;
  }

  function write(rows, ids) {
    const transaction = database.transaction("rows", "readwrite", { durability: rows.length === 1 ? "strict" : "relaxed" });
    const store = transaction.objectStore("rows");
    for (const id of ids) store.delete(id);
    const records = [];
    for (let at = 0; at < rows.length; at += most) {
      const record = { rows: rows.slice(at, at + most) };
      records.push(record);
      store.add(record).onsuccess = ({ target }) => (record.id = target.result);
    }
    return new Promise((kept, failed) => {
      transaction.onabort = () => failed(transaction.error);
      transaction.oncomplete = () => {
        for (const { rows, id } of records) {
          add(rows, id);
          for (const { session } of rows) pump(session);
        }
        kept();
      };
    });
  }

  function pump(session) {
    const lane = lanes.get(session);
    if (socket?.readyState !== WebSocket.OPEN || lane.busy) return;
    const next = lane.waiting.shift();
    if (next === undefined) return;
    lane.busy = true;
    under.set(next.row.key, { ...next, lane });
    const params = { sessionKey: session, message: next.row.text, idempotencyKey: next.row.key };
    socket.send(JSON.stringify({ type: "req", id: `${++last}`, method: "chat.send", params }));
  }

  function confirmed(key) {
    const { row, record, lane } = under.get(key);
    under.delete(key);
    lane.busy = false;
    record.left -= 1;
    if (record.left === 0) {
      gone.push(record.id);
      flush();
    }
    onDone();
    pump(row.session);
  }

  return {
    connect() {
      socket = new WebSocket(`${url}/plain`);
      socket.onopen = () => {
        for (const session of lanes.keys()) pump(session);
      };
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.event === "chat" && frame.payload.state === "final") confirmed(frame.payload.runId);
      };
    },
    send(session, text) {
      fresh.push({ key: crypto.randomUUID(), session, text, writtenMs: Date.now() });
      return flush();
    },
  };
}

function opened(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("rows", { keyPath: "id", autoIncrement: true });
  return answer(request);
}

function everything(database) {
  return answer(database.transaction("rows").objectStore("rows").getAll());
}

function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
