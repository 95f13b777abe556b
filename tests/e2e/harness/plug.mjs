// A line between a browser and the gateway that a test pulls, holds up, refuses
// messages or history on, tells another history, answers requests on, tells events
// on, or makes one that has forgotten what it was sent.

/**
 * Stands between the pages of a browser and the gateway, but not between them
 * and the server of the page: that can be reloaded while the gateway is away.
 */
export async function plug(context) {
  // `answers`: by method, what it answers in the gateway's place; what they never
  // resolve with never comes. `asked`: those methods and their params, in order.
  // `scopes`: what each connection has asked for.
  const plug = { mode: "through", answers: {}, asked: [], scopes: [] };
  const open = new Set();
  await context.routeWebSocket(/./, (socket) => {
    if (plug.mode === "out") {
      socket.close({ code: 1013, reason: "unplugged" });
      return;
    }
    open.add(socket);
    const server = socket.connectToServer();
    const asked = new Set();
    socket.onMessage((message) => {
      const { id, method, params } = JSON.parse(message);
      if (method === "connect") {
        plug.scopes.push(params.scopes);
      }
      if (Object.hasOwn(plug.answers, method)) {
        plug.asked.push({ method, params });
        const answered = Promise.resolve(plug.answers[method](params));
        void answered.then((payload) => socket.send(JSON.stringify({ type: "res", id, ok: true, payload })));
        return;
      }
      if (method === "chat.history") {
        asked.add(id);
      }
      if (method === "chat.send" && plug.mode === "swallowing") {
        return;
      }
      const refused = { refusing: "chat.send", hiding: "chat.history" }[plug.mode];
      if (method === refused) {
        socket.send(JSON.stringify({ type: "res", id, ok: false, error: { code: "INVALID_REQUEST", message: "Not like this." } }));
      } else {
        server.send(message);
      }
    });
    server.onMessage((message) => {
      const answer = plug.history === undefined ? {} : JSON.parse(message);
      if (asked.has(answer.id)) {
        // `null`: it never comes.
        if (plug.history) {
          Object.assign(answer.payload, plug.history);
          socket.send(JSON.stringify(answer));
        }
      } else if (plug.mode !== "deaf") {
        const other = () => message.replace("durable-idempotency-keys", "none").replace(/"bootId":"[^"]*"/, '"bootId":"another"');
        socket.send(plug.forgets ? other() : message);
      }
    });
  });
  /** Tells the page that connected last of a thing that happened at the gateway. */
  plug.happens = (event, payload) => [...open].at(-1).send(JSON.stringify({ type: "event", event, payload }));
  plug.pull = async () => {
    plug.mode = "out";
    await Promise.all([...open].map((socket) => socket.close({ code: 1013, reason: "unplugged" })));
    open.clear();
  };
  return plug;
}
