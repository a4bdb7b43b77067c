import { Failure } from "../../core/failure.ts";
import type { Machine } from "../doctor/machine.ts";

/** Fixed names, so that the next run finds what a killed one left behind. */
const space = "stockade-selftest";
const outside = "sk-self-out";
const inside = "sk-self-in";

type Run = Machine["run"];

/** A namespace with documentation addresses that reaches this server and nobody else. */
export interface Arena {
  /** What is put before a command so that it runs in there. */
  readonly enter: readonly [string, ...string[]];
  /** The device by which this server sees it. */
  readonly device: string;
  /** Takes it away, with all that runs in it. Safe to call twice. */
  close(): Promise<void>;
}

interface Wish {
  /** This server's address that is attacked. */
  readonly server: string;
  /** Whose the attacks are. */
  readonly attackers: readonly string[];
}

/**
 * Makes the namespace. Everything in it has one route only, to this server's own address by a wire that ends here. Throws a
 * `Failure` where the system does not let us, or where a packet could go anywhere else.
 */
export async function openArena(run: Run, { server, attackers }: Wish): Promise<Arena> {
  await sweep(run);
  const close = () => sweep(run);
  try {
    await build(run, server, attackers);
    await assertClosed(run, server, attackers);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { enter: ["ip", "netns", "exec", space], device: outside, close };
}

/** Removes what an earlier run has left. */
export async function sweep(run: Run): Promise<void> {
  const pids = await run("ip", "netns", "pids", space);
  for (const pid of pids.ok ? pids.output.split("\n").filter(Boolean) : []) end(Number(pid));
  await run("ip", "link", "delete", outside);
  await run("ip", "netns", "delete", space);
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

async function build(run: Run, server: string, attackers: readonly string[]): Promise<void> {
  const must = (...args: string[]) => mustRun(run, "ip", ...args);
  await must("netns", "add", space);
  await must("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", space);
  // Without an address of its own on this side: this server's addresses stay what they are.
  await must("link", "set", outside, "addrgenmode", "none", "up");
  await must("-n", space, "link", "set", inside, "up");
  const [ours, theirs] = [
    macIn(await must("-o", "link", "show", outside)),
    macIn(await must("-n", space, "-o", "link", "show", inside)),
  ];
  await must(
    "-n",
    space,
    "neighbor",
    "replace",
    server,
    "lladdr",
    ours,
    "dev",
    inside,
    "nud",
    "permanent",
  );
  for (const attacker of attackers) {
    await must("-n", space, "address", "add", `${attacker}/32`, "dev", inside);
    await must("route", "add", `${attacker}/32`, "dev", outside);
    await must(
      "neighbor",
      "replace",
      attacker,
      "lladdr",
      theirs,
      "dev",
      outside,
      "nud",
      "permanent",
    );
  }
  await must("-n", space, "route", "add", `${server}/32`, "dev", inside);
}

function macIn(text: string): string {
  return /link\/ether (\S+)/.exec(text)?.[1] ?? "";
}

/** No packet of the attack leaves this machine, and no answer to it. */
async function assertClosed(run: Run, server: string, attackers: readonly string[]): Promise<void> {
  const routes = (await mustRun(run, "ip", "-n", space, "-4", "route", "show")).trim().split("\n");
  const links = (await mustRun(run, "ip", "-n", space, "-o", "link", "show")).trim().split("\n");
  const isAlone = links.every((line) => / (?:lo|sk-self-in(?:@\S+)?): /.test(line));
  const [route = ""] = routes;
  if (routes.length !== 1 || !route.startsWith(`${server} dev ${inside} `) || !isAlone) {
    throw unsafe(`the namespace has another way out: ${routes.join("; ")}`);
  }
  for (const attacker of attackers) {
    const way = await mustRun(run, "ip", "route", "get", attacker);
    if (!way.startsWith(`${attacker} dev ${outside} `))
      throw unsafe(`${attacker} is not behind ${outside}: ${way}`);
  }
}

function unsafe(text: string): Failure {
  return new Failure(text, { hint: "nothing was attacked", exitCode: 69 });
}

export async function mustRun(run: Run, program: string, ...args: string[]): Promise<string> {
  const ran = await run(program, ...args);
  if (ran.ok) return ran.output;
  throw new Failure(`${program} ${args.join(" ")}: ${ran.reason}`, { exitCode: 69 });
}
