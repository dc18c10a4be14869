import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Database } from "./database.ts";
import { FaultyLink } from "./faulty_link.ts";
import { NodeProcess } from "./node_process.ts";
import type { Options } from "./options.ts";
import type { Prng } from "./prng.ts";
import { PostgreSqlServer, ServerProcess } from "./server_process.ts";
import { Turbulence } from "./turbulence.ts";
import { sleep } from "./wait.ts";

/** A node, and the way from it to what it shares with the others; none where it shares nothing. */
export interface Member {
  readonly node: NodeProcess;
  readonly toDatabase: FaultyLink | undefined;
  readonly toBroker: FaultyLink | undefined;
}

/** What the tabs' pages were loaded from, as far as the nodes know: one for all, as behind a balancer. */
const origin = "http://orbit.test";
/** A second, and as much again for a machine that has much to do. */
const revocationMs = 2_000;
const startAttempts = 30;
const ignore = () => {};

/** One node on SQLite, or several that share a PostgreSQL and a broker. */
export class Cluster {
  readonly origin = origin;
  readonly members: readonly Member[];
  readonly database: Database;
  readonly postgresql: PostgreSqlServer | undefined;
  readonly broker: ServerProcess | undefined;
  readonly canTrim: boolean;
  readonly turbulence = new Turbulence();
  readonly #random: Prng;
  readonly #struck = new Set<Member>();
  #databaseInUse: Promise<unknown> = Promise.resolve();

  private constructor(
    parts: Pick<Cluster, "members" | "database" | "postgresql" | "broker" | "canTrim">,
    random: Prng,
  ) {
    this.members = parts.members;
    this.database = parts.database;
    this.postgresql = parts.postgresql;
    this.broker = parts.broker;
    this.canTrim = parts.canTrim;
    this.#random = random;
  }

  static async start(options: Options, directory: string, flags: readonly string[], random: Prng): Promise<Cluster> {
    // A copy, so that a build meanwhile doesn't change what is under test.
    const binary = join(directory, "orbit");
    await copyFile(options.binary, binary);
    const { stdout: help } = await promisify(execFile)(binary, ["--help"]);
    const postgresql = options.database === "postgresql" ? await PostgreSqlServer.open() : undefined;
    const broker = await startBroker(options.backplane);
    const path = join(directory, "orbit.db");
    const cluster = new Cluster(
      {
        members: await Promise.all(
          Array.from({ length: options.nodes }, async (_, i) => {
            const name = options.nodes === 1 ? "node" : `node-${String.fromCharCode(97 + i)}`;
            const toDatabase = postgresql && (await FaultyLink.open(() => postgresql.port, ignore));
            const brokerPort = options.backplane === "postgres" ? postgresql?.port : broker?.port;
            const toBroker = brokerPort === undefined ? undefined : await FaultyLink.open(() => brokerPort, ignore);
            const own = [
              ...["--public-origin", origin],
              ...["--database", postgresql ? postgresql.url("orbit", toDatabase?.port) : `sqlite:${path}`],
              ...(options.nodes === 1 ? [] : ["--node-name", name]),
              ...backplaneFlags(options, toBroker),
            ];
            return { node: new NodeProcess(binary, directory, name, [...flags, ...own]), toDatabase, toBroker };
          }),
        ),
        database: postgresql ? Database.postgresql(postgresql.url("orbit")) : Database.sqlite(path),
        postgresql,
        broker,
        canTrim: help.includes("--log-keep-events"),
      },
      random,
    );
    for (const { node } of cluster.members) await node.start();
    return cluster;
  }

  get nodes(): readonly NodeProcess[] {
    return this.members.map(({ node }) => node);
  }

  /** One that is up, at random, as a balancer would choose; any, where none is. */
  pickPort(): number {
    const up = this.nodes.filter((node) => node.isUp);
    return this.#random.pick(up.length > 0 ? up : this.nodes)?.port ?? 0;
  }

  /** Resolves once one listens. */
  async whenUp(): Promise<void> {
    await Promise.race(this.nodes.map((node) => node.whenUp()));
  }

  /** How a node ended, if one did so by itself. */
  get collapse(): string | undefined {
    return this.nodes.find((node) => node.collapse !== undefined)?.collapse;
  }

  /** Whether some node may not have known yet that a session had ended on another: for a second, when all is well. */
  mayNotKnow(endedAt: number, sentAt: number): boolean {
    return sentAt - endedAt < revocationMs || this.turbulence.touches(endedAt - revocationMs, sentAt);
  }

  /** The last lines of the log of the node that collapsed. */
  async logTail(): Promise<string> {
    return (await this.nodes.find((node) => node.collapse !== undefined)?.logTail()) ?? "";
  }

  /** One that nothing else befalls right now; it is spared until `release`. */
  claim(random: Prng): Member | undefined {
    const member = random.pick(this.members.filter((one) => !this.#struck.has(one)));
    if (member !== undefined) this.#struck.add(member);
    return member;
  }

  /** Whether it was free to be struck. */
  claimThis(member: Member): boolean {
    if (this.#struck.has(member)) return false;
    this.#struck.add(member);
    return true;
  }

  release(member: Member): void {
    this.#struck.delete(member);
  }

  /** Starts a node, again and again as whoever supervises it would: one that can't reach the database says so and ends. */
  async startNode(node: NodeProcess, flags: readonly string[] = []): Promise<void> {
    for (let attempt = 1; attempt < startAttempts; ++attempt) {
      const failure = await this.#oneAtATime(() => node.start(flags)).then(() => undefined, String);
      if (failure === undefined) return;
      if (!failure.includes("can't be opened")) throw new Error(failure);
      await sleep(1_000);
    }
    await this.#oneAtATime(() => node.start(flags));
  }

  async restartDatabase(): Promise<void> {
    const end = this.turbulence.begin();
    await this.#oneAtATime(async () => this.postgresql?.restartImmediately()).finally(end);
  }

  #oneAtATime<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#databaseInUse.then(step);
    this.#databaseInUse = result.catch(ignore);
    return result;
  }

  async dispose(): Promise<void> {
    this.database.kill();
    await Promise.all(this.nodes.map((node) => node.kill()));
    await Promise.all([this.broker?.dispose(), this.postgresql?.dispose()]);
  }
}

async function startBroker(backplane: Options["backplane"]): Promise<ServerProcess | undefined> {
  if (backplane === "nats") return ServerProcess.nats();
  return backplane === "redis" ? ServerProcess.redis() : undefined;
}

function backplaneFlags({ backplane }: Options, link: FaultyLink | undefined): string[] {
  if (link === undefined) return [];
  const url =
    backplane === "postgres"
      ? `postgresql://orbit@127.0.0.1:${link.port}/orbit`
      : `${backplane}://127.0.0.1:${link.port}`;
  return ["--backplane", url];
}
