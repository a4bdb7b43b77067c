import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Rootcheck } from "../../../src/config/rootcheck-settings.ts";
import type { Row } from "../../../src/integrity/baseline/baseline.ts";
import type { Ground, Verified } from "../../../src/integrity/rootcheck/check.ts";
import { loadSigns } from "../../../src/integrity/rootcheck/signs.ts";

export const silent = { info() {}, warn() {}, error() {} };

/** A server of nothing but what a test puts on it. */
export function scratchGround(settings: Partial<Rootcheck> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "rootcheck-"));
  const owned = new Map<string, string>();
  const verified = new Map<string, Verified>();
  const rows: Row[] = [];
  const whole = Rootcheck.parse(settings);
  const ground: Ground = {
    root: folder,
    proc: join(folder, "proc"),
    sys: join(folder, "sys"),
    owners: async (paths) =>
      new Map(paths.flatMap((path) => (owned.has(path) ? [[path, owned.get(path) ?? ""]] : []))),
    verify: async (paths) =>
      new Map(
        paths.flatMap((path): [string, Verified][] => {
          const one = verified.get(path);
          return one ? [[path, one]] : [];
        }),
      ),
    isWatched: (below) => rows.some(({ path }) => path === below),
    watched: (below, after, limit) =>
      rows
        .filter(({ path }) => path.startsWith(`${below}/`))
        .filter(({ path }) => after === undefined || path > after)
        .slice(0, limit),
    settings: whole,
    signs: loadSigns(whole, silent),
  };
  /** `name` in latin1: one character a byte. */
  const put = (name: string, text: string, mode = 0o644): void => {
    const path = Buffer.from(join(folder, name), "latin1");
    mkdirSync(Buffer.from(dirname(join(folder, name)), "latin1"), { recursive: true });
    writeFileSync(path, text, "latin1");
    chmodSync(path, mode);
  };
  /** A process that runs a program and has a socket open. */
  const run = (pid: number, program: string, inode?: number): void => {
    put(`proc/${pid}/comm`, "x\n");
    symlinkSync(Buffer.from(program, "latin1"), join(folder, `proc/${pid}/exe`));
    mkdirSync(join(folder, `proc/${pid}/fd`), { recursive: true });
    if (inode !== undefined) symlinkSync(`socket:[${inode}]`, join(folder, `proc/${pid}/fd/3`));
  };
  // The last number that was given to a process.
  put("proc/loadavg", "0.0 0.0 0.0 1/2 100\n");
  return { folder, ground, owned, verified, rows, put, run };
}
