import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tellSystemd } from "../../src/bin/systemd-notify.ts";
import { until } from "../cli/scratch.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stockade-notify-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stands for systemd-notify(1): notes what it is to say, and fails as long as there is a file "broken". */
function program(): string {
  const path = join(folder, "notify");
  const script = `#!/bin/sh\n[ ! -e ${folder}/broken ] || exit 1\necho "$NOTIFY_SOCKET $*" >> ${folder}/said\n`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

const said = () =>
  existsSync(join(folder, "said"))
    ? readFileSync(join(folder, "said"), "utf8").split("\n").filter(Boolean)
    : [];

test("it is said that we are ready, and then twice in each period that we live", async () => {
  const environment = { NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "200000" };
  tellSystemd({ environment, warn: () => {}, program: program() });
  await until(() => said().length >= 4, "signs of life");
  expect(said().slice(0, 2)).toEqual(["/run/x READY=1 WATCHDOG=1", "/run/x WATCHDOG=1"]);
});

test("what systemd has not heard is said again, and the trouble is told once", async () => {
  const warnings: string[] = [];
  writeFileSync(join(folder, "broken"), "");
  const environment = { NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "100000" };
  tellSystemd({ environment, warn: (text) => warnings.push(text), program: program() });
  await until(() => warnings.length > 0, "the warning");
  rmSync(join(folder, "broken"));
  await until(() => said().length > 0, "the word");
  expect(said()[0]).toBe("/run/x READY=1 WATCHDOG=1");
  expect(warnings).toHaveLength(1);
});

test("where systemd does not ask nothing is said", async () => {
  tellSystemd({ environment: {}, warn: () => {}, program: program() });
  await new Promise((resolve) => setImmediate(resolve));
  expect(said()).toEqual([]);
});
