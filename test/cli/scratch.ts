import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

const repository = join(import.meta.dirname, "../..");
const node = join(repository, "node_modules/.bin/node");

/** A folder that stands for "/", and the built commands on it. The packet filter is left alone. */
export interface Scratch {
  readonly root: string;
  readonly log: string;
  /** Runs `stockade` there. */
  cli(
    args: readonly string[],
    input?: string,
  ): Promise<{ stdout: string; stderr: string; exitCode: number }>;
  settings(inside: string): void;
  rule(text: string): void;
  /** Writes a file there, and returns its path. */
  write(name: string, content: string | Buffer): string;
  /** Starts one process of the bundle; it is killed when the scratch folder goes. `flags` are Node's. */
  start(
    name: "stockaded" | "stockade-respond" | "stockade-execute" | "stockade-integrity",
    flags?: readonly string[],
    variables?: Readonly<Record<string, string>>,
  ): { readonly pid: number; kill(): Promise<void> };
  remove(): Promise<void>;
}

/** Nobody watches these files: it would take time from each test. */
const quiet =
  "<syscheck><disabled>yes</disabled></syscheck><rootcheck><disabled>yes</disabled></rootcheck>";

export function openScratch(): Scratch {
  const root = mkdtempSync(join(tmpdir(), "stockade-root-"));
  for (const folder of [
    "etc/stockade/rules",
    "var/log",
    "var/lib/stockade/daemon",
    "run/stockade",
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const log = join(root, "var/log/test.log");
  // The bundle is parsed once for all the commands of all tests.
  const NODE_COMPILE_CACHE = join(tmpdir(), "stockade-test-compiled");
  const env = { STOCKADE_FIREWALL: "null", TZ: "UTC", NODE_COMPILE_CACHE };
  const running: (() => Promise<void>)[] = [];
  const settings = (inside: string) =>
    writeFileSync(
      join(root, "etc/stockade/stockade.conf"),
      `<stockade_config>\n<global><smtp_server>127.0.0.1:1</smtp_server></global>\n<localfile><location>${log}</location><log_format>syslog</log_format></localfile>${quiet}\n${inside}\n</stockade_config>\n`,
    );
  settings("");

  return {
    root,
    log,
    settings,
    rule: (text) => writeFileSync(join(root, "etc/stockade/rules/local.xml"), text),
    write(name, content) {
      const path = join(root, name);
      writeFileSync(path, content);
      return path;
    },
    async cli(args, input = "") {
      const bundle = join(repository, "dist/stockade.mjs");
      const { stdout, stderr, exitCode } = await execa(node, [bundle, "--root", root, ...args], {
        env,
        input,
        reject: false,
      });
      return { stdout, stderr, exitCode: exitCode ?? -1 };
    },
    start(name, flags = [], variables = {}) {
      const bundle = join(repository, `dist/${name}.mjs`);
      const child = execa(node, [...flags, bundle, "--root", root], {
        env: { ...env, ...variables },
        reject: false,
        stdio: "ignore",
      });
      const kill = async () => {
        child.kill("SIGKILL");
        await child;
      };
      running.push(kill);
      return { pid: child.pid ?? 0, kill };
    },
    async remove() {
      await Promise.all(running.map((kill) => kill()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Waits until `isSo`, looking often; fails after `seconds` with `what`. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string, seconds = 20) {
  const end = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`still not after ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
