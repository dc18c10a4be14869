import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../services/free_port.ts";

const root = join(import.meta.dirname, "../..");
const binary = process.env.ORBIT_BINARY ?? join(root, "build/release/orbit");

/** One `orbit serve` with a database of its own and the built page. */
export class OrbitNode {
  #process: ChildProcess | undefined;
  #port = 0;
  readonly #directory: string;
  readonly #flags: readonly string[];

  private constructor(directory: string, flags: readonly string[]) {
    this.#directory = directory;
    this.#flags = flags;
  }

  /** With the demo's data. */
  static start(...flags: string[]): Promise<OrbitNode> {
    return OrbitNode.#start(["--demo", ...flags]);
  }

  static startWithoutDemo(...flags: string[]): Promise<OrbitNode> {
    return OrbitNode.#start(flags);
  }

  static async #start(flags: readonly string[]): Promise<OrbitNode> {
    const node = new OrbitNode(await mkdtemp(join(tmpdir(), "orbit-browser-")), flags);
    node.#port = await freePort();
    await node.restart();
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Starts it again, on the port that it had. */
  async restart(): Promise<void> {
    const child = spawn(
      binary,
      [
        "serve",
        ...["--listen", `127.0.0.1:${this.#port}`],
        ...["--database", `sqlite:${join(this.#directory, "orbit.db")}`],
        ...["--web", join(root, "web/dist")],
        ...["--drain", "0s"],
        ...this.#flags,
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    this.#process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const port = line.match(/^listening on http:\/\/127\.0\.0\.1:(\d+)$/)?.[1];
      if (port !== undefined) {
        this.#port = Number(port);
        child.stdout.resume();
        return;
      }
    }
    throw new Error("the node did not start");
  }

  /** As kill -9 does it. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true });
  }
}
