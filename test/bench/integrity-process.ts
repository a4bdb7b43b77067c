import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { mallocVariables, nodeFlags } from "../../src/bin/process-memory.ts";
import { AnswerLine, StatusFacts } from "../../src/integrity/serve/request.ts";

const repository = join(import.meta.dirname, "../..");
const node = join(repository, "node_modules/.bin/node");

/** What it has used since it began, in seconds of CPU time with its children, and megabytes. */
interface Used {
  readonly cpu: number;
  readonly peak: number;
  readonly pss: number;
}

/** The real integrity process on a root of its own, where /usr and dpkg's files are those of this machine. */
export interface IntegrityProcess {
  readonly root: string;
  start(): Promise<void>;
  ask(request: object): Promise<Readonly<Record<string, unknown>>>;
  status(): Promise<StatusFacts>;
  used(): Used;
  /** The peak is what it takes from now on. */
  forgetPeak(): void;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** `inside`: what stands in <syscheck>. */
export function openIntegrityProcess(inside: string): IntegrityProcess {
  const root = mkdtempSync(join(tmpdir(), "stockade-bench-integrity-"));
  const binds = ["/usr", "/var/lib/dpkg", "/proc"];
  for (const folder of [...binds, "/etc/stockade", "/run/stockade/integrity", "/var/lib/stockade"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, "etc/stockade/stockade.conf"),
    `<stockade_config><syscheck>${inside}</syscheck></stockade_config>`,
  );
  const socket = join(root, "run/stockade/integrity/control.sock");
  let child: ChildProcess | undefined;
  const proc = (file: string) => readFileSync(`/proc/${child?.pid}/${file}`, "utf8");
  const ask = async (request: object) => {
    const connection = createConnection(socket);
    connection.end(`${JSON.stringify(request)}\n`);
    let facts: Readonly<Record<string, unknown>> = {};
    for await (const line of createInterface({ input: connection })) {
      const answer = AnswerLine.parse(JSON.parse(line));
      if ("ok" in answer && answer.ok) facts = answer.facts;
      if ("ok" in answer && !answer.ok) throw new Error(answer.problem);
    }
    return facts;
  };
  const status = async () => StatusFacts.parse(await ask({ verb: "status" }));
  const stop = async () => {
    if (!child || child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return {
    root,
    ask,
    status,
    stop,
    async start() {
      rmSync(socket, { force: true });
      const mounts = binds
        .map((at) => `mount --rbind ${at} ${root}${at} && mount -o remount,bind,ro ${root}${at}`)
        .join(" && ");
      const bundle = join(repository, "dist/stockade-integrity.mjs");
      const command = `${mounts} && exec env ${ofUnit(root, bundle)}`;
      // In a mount namespace of its own, so that nothing is left behind.
      child = spawn("unshare", ["--mount", "sh", "-c", command], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      for (let tries = 0; ; tries++) {
        const isUp = await status().then(
          () => true,
          () => false,
        );
        if (isUp) return;
        if (tries > 600) throw new Error("the integrity process does not answer");
        await sleep(50);
      }
    },
    used() {
      const times = proc("stat").split(") ")[1]?.split(" ").slice(11, 15).map(Number) ?? [];
      const of = (name: string, text: string) =>
        Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) / 1024;
      return {
        cpu: times.reduce((sum, ticks) => sum + ticks, 0) / 100,
        peak: of("VmHWM", proc("status")),
        pss: of("Pss", proc("smaps_rollup")),
      };
    },
    forgetPeak: () => writeFileSync(`/proc/${child?.pid}/clear_refs`, "5"),
    async remove() {
      await stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** As its unit starts it, with another root. */
function ofUnit(root: string, bundle: string): string {
  const variables = Object.entries(mallocVariables).map((pair) => pair.join("="));
  const flags = nodeFlags["stockade-integrity"];
  return [...variables, node, ...flags, bundle, "--root", root].join(" ");
}

/** Waits for what is so within these seconds. */
export async function untilSo(isSo: () => Promise<boolean>, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s`);
    await sleep(500);
  }
}
