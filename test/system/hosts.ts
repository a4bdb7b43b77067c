import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa, type ResultPromise } from "execa";

/** More than one only where a test adds them. */
export type Server = "server" | `server${2 | 3 | 4}`;
export type Host = Server | "attacker" | "client" | "relay";
export type Suite = "trixie" | "bookworm";
export type Kind = "systemd" | "container";

export const addresses = {
  server: "198.51.100.44",
  /** The attacker's addresses, by what they are used for. */
  scanner: "192.0.2.241",
  prober: "192.0.2.242",
  guesser: "192.0.2.243",
  first: "192.0.2.244",
  second: "192.0.2.245",
  formGuesser: "192.0.2.246",
  forger: "192.0.2.247",
  client: "203.0.113.12",
  relay: "203.0.113.225",
} as const;

/** Each test file that runs at this moment has a site of its own. */
const site = process.env["STOCKADE_SITE"] ?? process.env["VITEST_POOL_ID"] ?? "0";

/** Where the hosts keep what they need while they are up; gone with them. */
export const stateFolder = `/run/stockade-sites/${site}`;

/** Where the kernel counts the memory of a server that was given little of it (STOCKADE_TEST_MEMORY). */
export const memoryGroup = `/sys/fs/cgroup/memory/sk${site}`;

const checkout = join(import.meta.dirname, "../..");
const script = join(import.meta.dirname, "hosts");
const env = { STOCKADE_SITE: site };
const run = execa({ env });

/** Boots one more server into the site: a fresh one, or with a copy of a halted server's disk. */
export async function add(server: Server, model: Suite | Server): Promise<void> {
  await run(script, ["add", server, model], { stdin: "ignore", stdout: "ignore" });
}

/** Switches a server off and keeps its disk. */
export async function halt(server: Server): Promise<void> {
  await run(script, ["halt", server], { stdin: "ignore" });
}

/** Boots a fresh server with the other hosts around it. What an interrupted run left behind is cleared first. */
export async function up(suite: Suite, kind: Kind): Promise<void> {
  await run(script, ["up", suite, kind], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
}

/** Ends all hosts and everything that runs on them. */
export async function down(): Promise<void> {
  await run(script, ["down"], { stdin: "ignore" });
}

/** Runs a command on a host and returns what it printed. Throws, with its output, when it fails. */
export async function on(host: Host, ...command: string[]): Promise<string> {
  return (await start(host, ...command)).stdout;
}

/** As `on`, but failing is one of the answers. */
export async function tryOn(host: Host, ...command: string[]) {
  return await run(script, ["on", host, ...command], {
    stdin: "ignore",
    reject: false,
    all: true,
  });
}

/** Starts a command on a host without waiting for its end. */
export function start(host: Host, ...command: string[]): ResultPromise<{ stdin: "ignore" }> {
  return run(script, ["on", host, ...command], { stdin: "ignore" });
}

/** Writes a file on the server. */
export async function write(path: string, content: string): Promise<void> {
  await run(script, ["on", "server", "tee", path], { input: content, stdout: "ignore" });
}

/** Copies a file to a server. */
export async function put(file: string, path: string, server: Server = "server"): Promise<void> {
  await run(script, ["put", file, path, server], { stdin: "ignore" });
}

/** Copies the checkout onto the server as `git clone` would leave it: no node_modules, nothing built. */
export async function copyCheckout(path: string): Promise<void> {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const { stdout } = await execa("git", ["-c", "safe.directory=*", ...list], { cwd: checkout });
  const files = stdout.split("\0").filter((file) => file && existsSync(join(checkout, file)));
  await on("server", "mkdir", "-p", path);
  await run("tar", ["--null", "--files-from=-", "--create"], {
    cwd: checkout,
    input: files.join("\0"),
    encoding: "buffer",
  }).pipe(script, ["on", "server", "tar", "-C", path, "--no-same-owner", "--extract"], { env });
}
