import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Paths, pathsBelow } from "../../src/config/paths.ts";
import { type Address, parseAddress } from "../../src/core/address.ts";
import type { BlockRequest } from "../../src/core/block.ts";
import type { Log } from "../../src/core/log.ts";
import { type Run, run } from "../../src/respond/run.ts";

export function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (!address) throw new Error(`not an address: ${text}`);
  return address;
}

export function blockOf(text: string, more: Partial<BlockRequest> = {}): BlockRequest {
  const common = { verb: "block", request: 1, response: "firewall-drop", seconds: 300 } as const;
  return { ...common, rule: 300011, alert: "1589749891.52882", address: addressOf(text), ...more };
}

/** A log that remembers. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const say = (message: string) => void lines.push(message);
  return { lines, info: say, warn: say, error: say };
}

/** A scratch folder with the settings that root would have written. */
export function scratch(whiteList: readonly string[] = []): { root: string; paths: Paths } {
  const root = mkdtempSync(join(tmpdir(), "respond-"));
  const paths = pathsBelow(root, root);
  for (const path of [paths.respondSettings, paths.hostsDeny]) {
    mkdirSync(dirname(path), { recursive: true });
  }
  writeFileSync(paths.respondSettings, JSON.stringify({ whiteList }));
  return { root, paths };
}

export function remove(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

/** A network namespace of our own; everything done to its firewall stays in it. */
export interface Namespace {
  readonly name: string;
  readonly run: Run;
  remove(): Promise<void>;
}

export async function createNamespace(purpose: string): Promise<Namespace> {
  const name = `respond-${purpose}-${process.pid}`;
  await must(run, "/usr/sbin/ip", ["netns", "add", name]);
  const inside: Run = (program, args, input) =>
    run("/usr/sbin/ip", ["netns", "exec", name, program, ...args], input);
  await must(inside, "/usr/sbin/ip", ["link", "set", "lo", "up"]);
  return {
    name,
    run: inside,
    remove: async () => void (await run("/usr/sbin/ip", ["netns", "del", name])),
  };
}

/** Runs what a test needs; needs root, and the Debian packages iproute2, iptables, ipset and conntrack. */
export async function must(by: Run, program: string, args: readonly string[]): Promise<string> {
  const ran = await by(program, args);
  if (ran.ok) return ran.output;
  throw new Error(
    `${ran.reason}\nthis test runs as root: apt-get install iproute2 iptables ipset conntrack`,
  );
}

/** The bundle is parsed once for all the processes of all tests, which halves what a start takes. */
export const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), "stockade-test-compiled") };

/** The responder as a process of its own, in a namespace or with the null firewall. What is built starts sooner. */
export function startResponder(
  root: string,
  namespace?: Namespace,
  source = "src/bin/stockade-respond.ts",
  wrapper: readonly string[] = [],
): ChildProcess & { said(): string } {
  const program = [process.execPath, source, "--root", root];
  const within = namespace ? ["/usr/sbin/ip", "netns", "exec", namespace.name] : [];
  const [command = "", ...args] = [...within, ...wrapper, ...program];
  const env = { ...process.env, ...compiled, ...(namespace ? {} : { STOCKADE_FIREWALL: "null" }) };
  const child = spawn(command, args, { env, stdio: ["ignore", "inherit", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  return Object.assign(child, { said: () => said });
}

export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}
