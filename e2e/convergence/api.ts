import { createHmac } from "node:crypto";
import { webhookSecret } from "./node_process.ts";

/** What came of a command. */
export type Outcome =
  | { readonly kind: "accepted"; readonly body: Record<string, unknown>; readonly cookie: string | undefined }
  | { readonly kind: "refused"; readonly status: number; readonly code: string }
  /** 429 or 503: the node said so, and did nothing. */
  | { readonly kind: "busy" }
  /** The connection broke: whether it was done, nobody knows. */
  | { readonly kind: "unanswered" };

/** How long the node may take to answer: it is frozen for a few seconds at times, and the machine may be busy. */
const patienceMs = 60_000;

export interface ApiCounts {
  accepted: number;
  refused: number;
  busy: number;
  unanswered: number;
}

/** Commands over HTTP, straight to a node. */
export class Api {
  readonly #cluster: { pickPort(): number };
  readonly counts: ApiCounts = { accepted: 0, refused: 0, busy: 0, unanswered: 0 };
  readonly refusals = new Map<string, number>();
  /** Answers that the node may not give: server errors, or none for very long. */
  readonly failures: string[] = [];

  /** `cluster` says which node gets the next one. */
  constructor(cluster: { pickPort(): number }) {
    this.#cluster = cluster;
  }

  async send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: unknown) {
    const outcome = await this.#send(method, path, headers, body);
    this.counts[outcome.kind]++;
    if (outcome.kind === "refused") this.refusals.set(outcome.code, (this.refusals.get(outcome.code) ?? 0) + 1);
    return outcome;
  }

  /** As Stripe would tell of a subscription. */
  async tellOfSubscription(event: unknown): Promise<Outcome> {
    const text = JSON.stringify(event);
    const time = Math.floor(Date.now() / 1000);
    const signature = createHmac("sha256", webhookSecret).update(`${time}.${text}`).digest("hex");
    return this.send("POST", "/v1/billing/stripe", { "Stripe-Signature": `t=${time},v1=${signature}` }, event);
  }

  async #send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<Outcome> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`http://127.0.0.1:${this.#cluster.pickPort()}${path}`, {
        method,
        headers: body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(patienceMs),
      });
      text = await answer.text();
    } catch (error) {
      if (error instanceof Error && error.name === "TimeoutError") {
        this.failures.push(`${method} ${path}: no answer in ${patienceMs / 1000} s`);
      }
      return { kind: "unanswered" };
    }
    return this.#outcomeOf(answer, text, `${method} ${path}`);
  }

  #outcomeOf(answer: Response, text: string, what: string): Outcome {
    const { status } = answer;
    const body = text === "" ? {} : JSON.parse(text);
    if (answer.ok) return { kind: "accepted", body, cookie: answer.headers.getSetCookie()[0]?.split(";", 1).join() };
    if (status === 503 || status === 429) return { kind: "busy" };
    if (status >= 500) this.failures.push(`${what}: ${status} ${text}`);
    // What the checker sends is well-formed: these would be its own mistake, and commands that exercise nothing.
    if (status === 400 || status === 422) this.failures.push(`${what} was found malformed: ${text}`);
    return { kind: "refused", status, code: String(body.code) };
  }
}
