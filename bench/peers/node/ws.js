// Fan-out with ws, in the usual way: a Map from channels to Sets of sockets.
import { WebSocket, WebSocketServer } from "ws";

const channels = new Map();
const port = Number(process.argv[2] ?? 0);
const server = new WebSocketServer({ host: "127.0.0.1", port, backlog: 4096 });

server.on("connection", (socket, request) => {
  const name = request.url;
  let sockets = channels.get(name);
  if (!sockets) {
    sockets = new Set();
    channels.set(name, sockets);
  }
  sockets.add(socket);
  socket.on("message", (data, isBinary) => {
    for (const other of sockets) {
      if (other.readyState === WebSocket.OPEN) other.send(data, { binary: isBinary });
    }
  });
  socket.on("close", () => {
    sockets.delete(socket);
    if (sockets.size === 0) channels.delete(name);
  });
});

server.on("listening", () => {
  process.stdout.write(`listening on ws://127.0.0.1:${server.address().port}\n`);
});
