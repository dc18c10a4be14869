// Fan-out with Socket.IO's rooms, over WebSocket only: no long polling, which would cost more.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });

io.on("connection", (socket) => {
  const room = `channel:${socket.handshake.query.channel}`;
  socket.join(room);
  socket.on("message", (text) => io.to(room).emit("message", text));
});

http.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 0), backlog: 4096 }, () => {
  process.stdout.write(`listening on ws://127.0.0.1:${http.address().port}\n`);
});
