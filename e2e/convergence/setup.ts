import { Api } from "./api.ts";
import { Cluster } from "./cluster.ts";
import { LogCopy } from "./event_log.ts";
import type { Options } from "./options.ts";
import { Person, password } from "./person.ts";
import { Prng } from "./prng.ts";
import { World } from "./world.ts";

const seeded = ["ada@acme.test", "margaret@globex.test", "grace@acme.test", "alan@acme.test", "edsger@acme.test"];

/** Small, so that a tab that doesn't read counts as slow soon. */
const outboundQueueBytes = 64 * 1024;

const flags = [
  ...["--outbound-queue", String(outboundQueueBytes)],
  ...["--message-rate", "1000"],
  ...["--message-burst", "1000"],
  ...["--presence-grace", "200ms"],
  ...["--heartbeat", "5s"],
  ...["--drain", "0s"],
  // Everybody comes from one address, and a few people send commands as fast as they can.
  ...["--connections-per-address", "0"],
  ...["--handshakes-per-address", "0"],
  ...["--failed-handshakes-per-address", "0"],
  ...["--commands-per-user", "0"],
  ...["--commands-per-workspace", "0"],
];

/** How long the others think of a node that says nothing as alive: shorter than some freezes, longer than others. */
const lease = ["--node-lease", "3s"];

/** Nodes with a fresh database, and everybody signed in and in both of its workspaces. */
export async function setUp(options: Options, directory: string): Promise<World> {
  const all = options.backplane === "none" ? flags : [...flags, ...lease];
  const cluster = await Cluster.start(options, directory, all, Prng.of(options.seed).fork("balancer"));
  const world = new World({ cluster, log: new LogCopy(cluster.database), api: new Api(cluster) });
  await world.copyLog();
  for (const email of seeded.slice(0, options.people)) {
    const person = new Person(email, world.api, cluster);
    if (!(await person.signIn())) throw new Error(`${email} can't sign in`);
    world.people.push(person);
  }
  const [ada, margaret] = world.people;
  if (ada === undefined || margaret === undefined) throw new Error("there are too few people");
  for (let i = seeded.length; i < options.people; i++) await addPerson(world, ada, `person-${i}@example.test`);
  for (const person of world.people) {
    if (person === ada) continue;
    if (person === margaret || !person.email.endsWith("@acme.test")) await add(person, ada, "acme");
  }
  for (const person of world.people) if (person !== margaret) await add(person, margaret, "globex");
  return world;
}

// One more account, that comes to be as most do: somebody accepts an invite.
async function addPerson(world: World, inviter: Person, email: string): Promise<void> {
  const person = new Person(email, world.api, world.cluster);
  const token = await invite(inviter, email, "acme");
  const body = { token, name: email.split("@", 1).join(), password };
  const outcome = await world.api.send("POST", "/v1/invites/accept", { Origin: world.cluster.origin }, body);
  if (!person.tookSession(outcome)) throw new Error(`${email} can't make an account`);
  world.people.push(person);
}

async function add(person: Person, inviter: Person, slug: string): Promise<void> {
  const token = await invite(inviter, person.email, slug);
  if (token !== undefined) await person.command("POST", "/v1/invites/accept", { token });
}

// undefined for one who is a member already.
async function invite(inviter: Person, email: string, slug: string): Promise<string | undefined> {
  const outcome = await inviter.command("POST", `/v1/workspaces/${slug}/invites`, { email });
  return outcome.kind === "accepted" ? String(outcome.body.token) : undefined;
}
