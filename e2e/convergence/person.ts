import type { Api, Outcome } from "./api.ts";
import type { Cluster } from "./cluster.ts";
import type { Session } from "./tab.ts";
import { sleep } from "./wait.ts";

export const password = "orbit-demo";

/** Somebody with an account, and the sessions they are signed in with. */
export class Person {
  static #sessions = 0;
  readonly email: string;
  readonly #api: Api;
  readonly #cluster: Cluster;
  sessions: Session[] = [];
  signIns = 0;
  signOuts = 0;

  constructor(email: string, api: Api, cluster: Cluster) {
    this.email = email;
    this.#api = api;
    this.#cluster = cluster;
  }

  /** Whether it worked. Slow on purpose, on the node's side. */
  async signIn(): Promise<boolean> {
    const origin = { Origin: this.#cluster.origin };
    const outcome = await this.#api.send("POST", "/v1/session", origin, { email: this.email, password });
    return this.tookSession(outcome);
  }

  /** Keeps the session that an answer brought, if it did. */
  tookSession(outcome: Outcome): boolean {
    if (outcome.kind !== "accepted" || outcome.cookie === undefined) return false;
    this.signIns++;
    const headers = { Cookie: outcome.cookie, Origin: this.#cluster.origin };
    this.sessions.push({ id: ++Person.#sessions, headers, cache: new Map() });
    return true;
  }

  /** Asks until the node has said that the session is over. */
  async signOut(session: Session): Promise<void> {
    this.sessions = this.sessions.filter((one) => one !== session);
    this.signOuts++;
    for (;;) {
      await this.#cluster.whenUp();
      const outcome = await this.#api.send("DELETE", "/v1/session", session.headers);
      if (this.#cluster.collapse !== undefined) return;
      if (outcome.kind === "accepted" || (outcome.kind === "refused" && [401, 404].includes(outcome.status))) break;
      await sleep(100);
    }
    session.endedAt = Date.now();
  }

  async command(method: string, path: string, body?: unknown): Promise<Outcome> {
    const session = this.sessions[0];
    if (session === undefined) return { kind: "refused", status: 401, code: "session.required" };
    return this.#api.send(method, path, session.headers, body);
  }
}
