import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** A route of the program that changes something, with a path that names things that are there. */
export interface Command {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What a body needs, so that nothing but the origin stands between a command and its effect. */
const bodies: Record<string, unknown> = {
  "POST /v1/session": { email: "alan@acme.test", password: "orbit-demo" },
  "POST /v1/workspaces": { slug: "foreign", name: "Foreign" },
  "PATCH /v1/me": { name: "Foreign" },
  "PATCH /v1/workspaces/{slug}": { name: "Foreign" },
  "POST /v1/workspaces/{slug}/roles": { name: "Foreign", permissions: [] },
  "POST /v1/workspaces/{slug}/invites": { email: "foreign@example.test" },
  "POST /v1/workspaces/{slug}/teams": { name: "Foreign" },
  "PATCH /v1/workspaces/{slug}/teams/{id}": { name: "Foreign" },
  "PUT /v1/workspaces/{slug}/subscription": { plan: "free", seats: 10 },
};

/** Every command that the program has: the paths that its sources add to the router, and of each the methods that the
 * running node allows. */
export async function commandsOf(nodeUrl: string, idOf: (pattern: string) => string): Promise<Command[]> {
  const sources = readdirSync(join(root, "server/http")).filter((file) => /(?<!_test)\.cpp$/.test(file));
  const text = sources.map((file) => readFileSync(join(root, "server/http", file), "utf8")).join("\n");
  const patterns = new Set([...text.matchAll(/"(\/v1\/[a-z][^"]*)"/g)].map((found) => found[1] as string));
  const commands: Command[] = [];
  for (const pattern of patterns) {
    const path = idOf(pattern);
    const allowed = (await fetch(nodeUrl + path, { method: "BREW" })).headers.get("Allow")?.split(", ") ?? [];
    for (const method of allowed.filter((name) => name !== "GET" && name !== "OPTIONS")) {
      commands.push({ method, path, body: bodies[`${method} ${pattern}`] ?? {} });
    }
  }
  return commands;
}

/** A web server of somebody else, whose pages are empty but for frames: one without an origin by its sandbox, one by its
 * URL. */
export class ForeignSite {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ForeignSite> {
    const empty = "<!doctype html><title>Foreign</title>";
    const sandbox = `<iframe name="sandboxed" sandbox="allow-scripts allow-forms" srcdoc="${empty}"></iframe>`;
    const data = `<iframe name="data" src="data:text/html,${empty}"></iframe>`;
    const server = createServer((_, answer) => {
      answer.setHeader("Content-Type", "text/html").end(`${empty}${sandbox}${data}`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ForeignSite(server);
  }

  /** As "127.0.0.1" it is of the node's own site, though not of its origin: browsers send it every cookie. As "localhost"
   * it is of another site. */
  url(host: string): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export interface Attempts {
  /** Answers that a script got to read. */
  readonly read: string[];
  readonly sockets: string[];
}

/** Runs in a page: tries each command in every way that a page has, and to read and to listen. */
export async function attack(target: { node: string; commands: readonly Command[] }): Promise<Attempts> {
  const { node, commands } = target;
  const read: string[] = [];
  const ask = async (path: string, options: RequestInit): Promise<void> => {
    try {
      const answer = await fetch(node + path, { credentials: "include", ...options });
      if (answer.type !== "opaque") read.push(`${options.method ?? "GET"} ${path} ${answer.status}`);
    } catch {
      // Kept from it by the browser.
    }
  };
  const submit = async (action: string, enctype: string, body: string): Promise<void> => {
    const frame = document.createElement("iframe");
    frame.name = `form${Math.random()}`;
    document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, { action, method: "post", enctype, target: frame.name });
    // Of text/plain, name and value make up JSON.
    const [name, value] = body.length > 2 ? [`${body.slice(0, -1)},"x":"`, `"}`] : ["", ""];
    if (name) form.append(Object.assign(document.createElement("input"), { name, value, type: "hidden" }));
    document.body.append(form);
    const done = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    form.submit();
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    frame.remove();
    form.remove();
  };

  for (const { method, path, body } of commands) {
    const json = JSON.stringify(body);
    const typed = { "Content-Type": "application/json" };
    await ask(path, { method, body: json, headers: typed });
    await ask(path, { method });
    if (method !== "POST") continue;
    await ask(path, { method, body: json, mode: "no-cors" });
    await ask(path, { method, mode: "no-cors" });
    await ask(path, { method, body: new URLSearchParams({ body: json }), mode: "no-cors" });
    navigator.sendBeacon(node + path, json);
    await submit(node + path, "application/x-www-form-urlencoded", "");
    await submit(node + path, "application/x-www-form-urlencoded", json);
    await submit(node + path, "text/plain", json);
    await submit(node + path, "multipart/form-data", json);
  }
  for (const path of ["/v1/me", "/v1/workspaces/acme", "/v1/sessions", "/v1/config"]) {
    await ask(path, {});
    await ask(path, { mode: "no-cors" });
  }

  const socket = new WebSocket(`${node.replace("http", "ws")}/v1/ws?workspace=acme`);
  const outcome = await new Promise<string>((resolve) => {
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
  });
  socket.close();
  return { read, sockets: [outcome] };
}
