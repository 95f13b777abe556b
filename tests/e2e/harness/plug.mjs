// A line between a browser and the gateway that a test pulls, holds up or
// refuses messages on.

/**
 * Stands between the pages of a browser and the gateway, but not between them
 * and the server of the page: that can be reloaded while the gateway is away.
 */
export async function plug(context) {
  const plug = { mode: "through" };
  const open = new Set();
  await context.routeWebSocket(/./, (socket) => {
    if (plug.mode === "out") {
      socket.close({ code: 1013, reason: "unplugged" });
      return;
    }
    open.add(socket);
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const { id, method } = ["refusing", "swallowing"].includes(plug.mode) ? JSON.parse(message) : {};
      if (method === "chat.send" && plug.mode === "swallowing") {
        return;
      }
      if (method === "chat.send") {
        socket.send(JSON.stringify({ type: "res", id, ok: false, error: { code: "INVALID_REQUEST", message: "Not like this." } }));
      } else {
        server.send(message);
      }
    });
    server.onMessage((message) => {
      if (plug.mode !== "deaf") {
        socket.send(message);
      }
    });
  });
  plug.pull = async () => {
    plug.mode = "out";
    await Promise.all([...open].map((socket) => socket.close({ code: 1013, reason: "unplugged" })));
    open.clear();
  };
  return plug;
}
