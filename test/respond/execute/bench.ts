import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Paths, pathsBelow } from "../../../src/config/paths.ts";
import type { RunOrder } from "../../../src/core/order.ts";
import type { Execution } from "../../../src/respond/execute/execution.ts";
import { addressOf } from "../machine.ts";

/** A scratch folder with a folder of executables, and a file that they write to. */
export interface Place {
  readonly root: string;
  readonly paths: Paths;
  /** Writes an executable of the admin's. */
  executable(name: string, script: string): string;
  /** What the executables have written: for each call its arguments, with "|" between them. */
  calls(): string[];
}

export function openPlace(): Place {
  const root = mkdtempSync(join(tmpdir(), "execute-"));
  const paths = pathsBelow(root, root);
  for (const folder of [paths.executables, dirname(paths.respondSettings)]) {
    mkdirSync(folder, { recursive: true });
  }
  const told = join(root, "told");
  return {
    root,
    paths,
    executable(name, script) {
      const path = join(paths.executables, name);
      writeFileSync(path, script.replaceAll("TOLD", told));
      chmodSync(path, 0o755);
      return path;
    },
    calls() {
      try {
        return readFileSync(told, "utf8").split("\n").slice(0, -1);
      } catch {
        return [];
      }
    },
  };
}

/** Writes its arguments, with "|" between them, in one piece. */
export const telling = '#!/bin/sh\nIFS="|"\nprintf "%s\\n" "$*" >> TOLD\n';

export const anOrder: RunOrder = {
  verb: "run",
  command: "page",
  address: addressOf("192.0.2.7"),
  seconds: 60,
  rule: 5712,
  alert: "1763770000.5270",
  location: "/var/log/auth.log",
};

export function anExecution(more: Partial<Execution> = {}): Execution {
  const now = Date.now();
  return {
    command: "page",
    executable: "page.sh",
    address: addressOf("192.0.2.7"),
    location: "/var/log/auth.log",
    rule: 5712,
    alert: "1763770000.5270",
    since: now,
    until: now + 60_000,
    ...more,
  };
}
