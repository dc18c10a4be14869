import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export const webhookSecret = "whsec_convergence";

/** The `orbit serve` under test: on one port and one database for the whole run, killed and started again. */
export class NodeProcess {
  readonly #binary: string;
  readonly #directory: string;
  readonly #flags: readonly string[];
  readonly #errors: WriteStream;
  readonly #upWaiters = new Set<() => void>();
  #process: ChildProcess | undefined;
  #port = 0;
  #isUp = false;
  #isExpectedToEnd = false;
  /** Whether `--log-keep-events` and its like are known to it. */
  readonly canTrim: boolean;
  /** How it ended, if it did so by itself. */
  collapse: string | undefined;

  private constructor(binary: string, directory: string, flags: readonly string[], canTrim: boolean) {
    this.#binary = binary;
    this.#directory = directory;
    this.#flags = flags;
    this.#errors = createWriteStream(join(directory, "node.log"), { flags: "a" });
    this.canTrim = canTrim;
    process.on("exit", () => this.#process?.kill("SIGKILL"));
  }

  static async start(binary: string, directory: string, flags: readonly string[]): Promise<NodeProcess> {
    // A copy, so that a build meanwhile doesn't change what is under test.
    const copy = join(directory, "orbit");
    await copyFile(binary, copy);
    const { stdout } = await promisify(execFile)(copy, ["--help"]);
    const node = new NodeProcess(copy, directory, flags, stdout.includes("--log-keep-events"));
    await node.restart();
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get databasePath(): string {
    return join(this.#directory, "orbit.db");
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Resolves once it listens. */
  async whenUp(): Promise<void> {
    if (this.#isUp) return;
    await new Promise<void>((resolve) => this.#upWaiters.add(resolve));
  }

  /** Starts it, on the port that it had, this time with these flags too. */
  async restart(flags: readonly string[] = []): Promise<void> {
    this.#isExpectedToEnd = false;
    const child = spawn(this.#binary, this.#arguments(flags), {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ORBIT_STRIPE_WEBHOOK_SECRET: webhookSecret },
    });
    this.#process = child;
    child.stderr.pipe(this.#errors, { end: false });
    child.once("exit", (code, signal) => this.#ended(child, code, signal));
    for await (const line of createInterface({ input: child.stdout })) {
      const port = line.match(/^listening on http:\/\/127\.0\.0\.1:(\d+)$/)?.[1];
      if (port === undefined) continue;
      this.#port = Number(port);
      child.stdout.resume();
      this.#setUp();
      return;
    }
    throw new Error(`the node did not start:\n${await this.logTail()}`);
  }

  /** As kill -9 does it. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    this.#isExpectedToEnd = true;
    this.#isUp = false;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  async logTail(lines = 15): Promise<string> {
    const text = await readFile(join(this.#directory, "node.log"), "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-lines).join("\n");
  }

  #arguments(flags: readonly string[]): string[] {
    return [
      "serve",
      "--demo",
      ...["--listen", `127.0.0.1:${this.#port}`],
      ...["--database", `sqlite:${this.databasePath}`],
      ...this.#flags,
      ...flags,
    ];
  }

  #setUp(): void {
    this.#isUp = true;
    for (const resolve of this.#upWaiters) resolve();
    this.#upWaiters.clear();
  }

  #ended(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (child !== this.#process || this.#isExpectedToEnd) return;
    this.#isUp = false;
    this.collapse = `the node ended by itself with ${signal ?? `code ${code}`}`;
    for (const resolve of this.#upWaiters) resolve();
    this.#upWaiters.clear();
  }
}
