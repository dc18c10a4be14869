import { createServer, connect as open, type Server, type Socket } from "node:net";

/** What stands between a browser and a node: passes every byte on, until it is cut; then nothing comes through. */
export class CuttableNetwork {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #isCut = false;
  /** The port that connections are passed on to. */
  target = 0;

  private constructor() {
    this.#server = createServer((near) => {
      const far = open(this.target, "127.0.0.1");
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      for (const [from, to] of [pair, [far, near] as const]) {
        from.on("data", (bytes) => this.#isCut || to.write(bytes));
        from.on("error", () => {});
        from.on("close", () => {
          to.destroy();
          this.#pairs.delete(pair);
        });
      }
      if (this.#isCut) near.pause();
    });
  }

  /** Listens on a port of its own. */
  static async open(): Promise<CuttableNetwork> {
    const network = new CuttableNetwork();
    await new Promise<void>((resolve) => network.#server.listen(0, "127.0.0.1", resolve));
    return network;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it doesn't listen");
    return `http://127.0.0.1:${address.port}`;
  }

  /** From now on bytes are lost without a word; no connection is closed. */
  cut(): void {
    this.#isCut = true;
  }

  /** New connections work again; those from before have lost bytes, and end. */
  mend(): void {
    this.#isCut = false;
    for (const [near] of this.#pairs) near.destroy();
  }

  dispose(): void {
    this.mend();
    this.#server.close();
  }
}
