import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { chown, mkdtemp, open, readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../services/free_port.ts";
import { becomes, sleep } from "./wait.ts";

const run = promisify(execFile);
const patienceMs = 20_000;

interface Recipe {
  readonly program: string;
  args(port: number, directory: string): readonly string[];
  /** Who runs it, where we are root and it refuses that. */
  readonly as?: { readonly uid: number; readonly gid: number } | undefined;
}

/** A server that nodes share: on one port for the whole run, killed and started again. */
export class ServerProcess {
  readonly #recipe: Recipe;
  readonly directory: string;
  readonly port: number;
  #process: ChildProcess | undefined;

  protected constructor(recipe: Recipe, directory: string, port: number) {
    this.#recipe = recipe;
    this.directory = directory;
    this.port = port;
    process.on("exit", () => {
      this.#process?.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    });
  }

  static async nats(): Promise<ServerProcess> {
    const args = (port: number) => ["--addr", "127.0.0.1", "--port", String(port)];
    const server = new ServerProcess({ program: "nats-server", args }, await newDirectory(), await freePort());
    return server.start();
  }

  static async redis(): Promise<ServerProcess> {
    const args = (port: number, directory: string) => [
      "--bind",
      "127.0.0.1",
      "--port",
      String(port),
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      directory,
    ];
    const server = new ServerProcess({ program: "redis-server", args }, await newDirectory(), await freePort());
    return server.start();
  }

  /** Again, too: it finds what it had on its disk. */
  async start(): Promise<this> {
    const { program, args, as } = this.#recipe;
    const log = await open(join(this.directory, "server.log"), "a");
    const child = spawn(program, args(this.port, this.directory), {
      cwd: this.directory,
      stdio: ["ignore", log.fd, log.fd],
      ...as,
    });
    this.#process = child;
    await log.close();
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    await becomes(async () => hasEnded() || (await this.#isListening()), patienceMs);
    if (hasEnded() || !(await this.#isListening())) {
      const text = await readFile(join(this.directory, "server.log"), "utf8");
      throw new Error(`${program} did not start:\n${text.split("\n").slice(-15).join("\n")}`);
    }
    return this;
  }

  /** As kill -9 does it; or with another signal, and resolves when the process is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  /** Ends it at once, and throws away what it had. */
  async dispose(): Promise<void> {
    await this.kill("SIGQUIT");
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #isListening(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.port, host: "127.0.0.1" });
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("close", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
  }
}

/** A PostgreSQL of the run's own, whose clients are all believed. */
export class PostgreSqlServer extends ServerProcess {
  static async open(): Promise<PostgreSqlServer> {
    const as = process.getuid?.() === 0 ? await postgresUser() : undefined;
    const directory = await newDirectory();
    if (as !== undefined) await chown(directory, as.uid, as.gid);
    const programs = await programDirectory();
    const create = ["--pgdata", join(directory, "data"), "--username", "orbit", "--auth", "trust"];
    const options = ["--encoding", "UTF8", "--locale", "C", "--no-sync"];
    await run(join(programs, "initdb"), [...create, ...options], { cwd: directory, ...as });
    // Nothing here has to survive a power cut; it survives kill -9.
    const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: 300, fsync: "off" };
    const server = new PostgreSqlServer(
      {
        program: join(programs, "postgres"),
        args: (port) => [
          ...["-D", join(directory, "data"), "-p", String(port)],
          ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
        ],
        as,
      },
      directory,
      await freePort(),
    );
    await server.start();
    await becomes(() => server.#answers(), patienceMs);
    await run("psql", ["--no-psqlrc", "--quiet", server.url("postgres"), "--command", "CREATE DATABASE orbit"]);
    return server;
  }

  /** By way of another port, where one is given. */
  url(database: string, port = this.port): string {
    return `postgresql://orbit@127.0.0.1:${port}/${database}`;
  }

  /** Without goodbye to anybody, as `pg_ctl restart -m immediate` does it; then it recovers from its log. */
  async restartImmediately(): Promise<void> {
    await this.kill("SIGQUIT");
    for (const deadline = Date.now() + patienceMs; ; await sleep(200)) {
      try {
        await this.start();
        break;
      } catch (error) {
        // What is left of the one before keeps the shared memory for a moment.
        if (Date.now() > deadline) throw error;
      }
    }
    await becomes(() => this.#answers(), patienceMs);
  }

  async dump(file: string): Promise<void> {
    await run(join(await programDirectory(), "pg_dump"), ["--file", file, this.url("orbit")]);
  }

  async #answers(): Promise<boolean> {
    const asking = run("psql", ["--no-psqlrc", "--quiet", this.url("postgres"), "--command", "SELECT 1"]);
    return asking.then(
      () => true,
      () => false,
    );
  }
}

const newDirectory = () => mkdtemp(join(tmpdir(), "orbit-converge-server-"));

async function postgresUser(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, "postgres"])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

// Debian keeps them off the PATH.
async function programDirectory(): Promise<string> {
  const versions = await readdir("/usr/lib/postgresql");
  const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  if (newest === undefined) throw new Error("there is no PostgreSQL here: apt-get install postgresql-15");
  return `/usr/lib/postgresql/${newest}/bin`;
}
