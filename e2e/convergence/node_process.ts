import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const webhookSecret = "whsec_convergence";

/** An `orbit serve` under test: on one port and one database for the whole run, killed and started again. */
export class NodeProcess {
  readonly #binary: string;
  readonly #log: string;
  readonly #flags: readonly string[];
  readonly #errors: WriteStream;
  readonly #upWaiters = new Set<() => void>();
  readonly name: string;
  #process: ChildProcess | undefined;
  #port = 0;
  #isUp = false;
  #isExpectedToEnd = false;
  /** How it ended, if it did so by itself. */
  collapse: string | undefined;

  /** `flags` are those of every start. */
  constructor(binary: string, directory: string, name: string, flags: readonly string[]) {
    this.#binary = binary;
    this.name = name;
    this.#log = join(directory, `${name}.log`);
    this.#flags = flags;
    this.#errors = createWriteStream(this.#log, { flags: "a" });
    process.on("exit", () => this.#process?.kill("SIGKILL"));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Resolves once it listens. */
  async whenUp(): Promise<void> {
    if (this.#isUp) return;
    await new Promise<void>((resolve) => this.#upWaiters.add(resolve));
  }

  /** Starts it, again on the port that it had, this time with these flags too. */
  async start(flags: readonly string[] = []): Promise<void> {
    this.#isExpectedToEnd = false;
    this.collapse = undefined;
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
    throw new Error(`${this.name} did not start:\n${await this.logTail()}`);
  }

  /** As kill -9 does it. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** As an operator does it. Anything but an orderly end is a collapse. */
  async stop(): Promise<void> {
    const code = await this.#end("SIGTERM");
    if (code !== 0) this.collapse = `${this.name} ended with ${code} when it was told to stop`;
  }

  async #end(signal: NodeJS.Signals): Promise<number | string | null | undefined> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return undefined;
    this.#isExpectedToEnd = true;
    this.#isUp = false;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
    return child.exitCode ?? child.signalCode;
  }

  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  async logTail(lines = 15): Promise<string> {
    const text = await readFile(this.#log, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-lines).join("\n");
  }

  #arguments(flags: readonly string[]): string[] {
    return ["serve", "--demo", "--listen", `127.0.0.1:${this.#port}`, ...this.#flags, ...flags];
  }

  #setUp(): void {
    this.#isUp = true;
    for (const resolve of this.#upWaiters) resolve();
    this.#upWaiters.clear();
  }

  #ended(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (child !== this.#process || this.#isExpectedToEnd) return;
    this.#isUp = false;
    this.collapse = `${this.name} ended by itself with ${signal ?? `code ${code}`}`;
    for (const resolve of this.#upWaiters) resolve();
    this.#upWaiters.clear();
  }
}
