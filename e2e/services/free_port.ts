import { createServer } from "node:net";

// Each process has some for itself, and gives them in turn: none is given twice before its server has taken it.
const portsEach = 500;
const firstPort = 20_000 + (process.pid % 24) * portsEach;
let turn = Math.floor(Math.random() * portsEach);

/** Below the range that outgoing connections take theirs from, so that a server that was killed finds its own again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + (turn++ % portsEach);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
