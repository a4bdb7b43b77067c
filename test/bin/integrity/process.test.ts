import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IntegrityProcess } from "../../../src/bin/integrity/process.ts";
import { pathsBelow } from "../../../src/config/paths.ts";
import { Rootcheck } from "../../../src/config/rootcheck-settings.ts";
import { keysIn } from "../../../src/config/syscheck-defaults.ts";
import type { Syscheck } from "../../../src/config/syscheck-settings.ts";
import { settingsOf } from "../../integrity/tree.ts";
import { memoryLog } from "../../respond/machine.ts";

let root: string;
let ahead = 0;
let integrity: IntegrityProcess;
const log = memoryLog();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-process-"));
  ahead = 0;
  put("var/lib/dpkg/status", "");
  mkdirSync(join(root, "var/lib/dpkg/info"));
});
afterEach(async () => {
  await integrity.stop();
  rmSync(root, { recursive: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const rootcheck = Rootcheck.parse({ disabled: true });
const wanted = (more: Partial<Syscheck> = {}) => ({
  syscheck: settingsOf([keysIn("/root/.ssh"), keysIn("/home/*/.ssh")], {
    accountKeys: true,
    ...more,
  }),
  rootcheck,
});

function start(more: Partial<Syscheck> = {}): void {
  const paths = pathsBelow(root, root);
  mkdirSync(paths.integrityState, { recursive: true });
  const threads = { script: new URL("file:///nowhere"), most: 0 };
  const means = { root, paths, log, threads, clock: () => Date.now() + ahead, wake: () => {} };
  integrity = new IntegrityProcess(means, wanted(more));
}

/** As the seconds go by, until this file is told of as one that says who gets in. */
async function untilTold(path: string): Promise<void> {
  await vi.waitFor(
    () => {
      ahead += 1000;
      integrity.tick();
      const told = integrity.outbox.waiting(0, 100).map(({ json }) => JSON.parse(json));
      expect(told.map(({ fields }) => [fields.filename, fields.concern])).toContainEqual([
        path,
        "ssh",
      ]);
    },
    { timeout: 20_000, interval: 50 },
  );
}

test("keys are watched wherever accounts and sshd have them, from when they do", async () => {
  const passwd = "root:x:0:0::/root:/bin/sh\ngit:x:1000:1000::/srv/git:/bin/sh\n";
  put("etc/passwd", passwd);
  put("etc/ssh/sshd_config", "");
  put("srv/git/.ssh/authorized_keys", "ssh-ed25519 AAAA old\n");
  put("srv/db/.ssh/authorized_keys", "ssh-ed25519 AAAA planted\n");
  put("home/ana/keys", "ssh-ed25519 AAAA planted\n");
  start();
  await vi.waitFor(async () => {
    integrity.tick();
    const { value } = await integrity.answer({ verb: "status" }).next();
    expect(value).toMatchObject({ last: { full: false }, scanning: false });
    expect(value).toMatchObject({ realtime: { folders: expect.any(Number) } });
    expect(value).not.toHaveProperty("realtime.problem");
  });
  expect(integrity.outbox.waiting(0, 100)).toEqual([]);
  appendFileSync(join(root, "srv/git/.ssh/authorized_keys"), "ssh-ed25519 AAAA evil\n");
  await untilTold("/srv/git/.ssh/authorized_keys");
  put("etc/passwd", `${passwd}db:x:1001:1001::/srv/db:/bin/sh\n`);
  await untilTold("/srv/db/.ssh/authorized_keys");
  put("etc/ssh/sshd_config", "AuthorizedKeysFile %h/keys\n");
  await untilTold("/home/ana/keys");
  put("srv/git/keys", "ssh-ed25519 AAAA evil\n");
  await untilTold("/srv/git/keys");
});

test("what happens while other settings come in force is told, also without a look at the start", async () => {
  put("home/ana/.ssh/known_hosts", "");
  start({ scanOnStart: false });
  for await (const _ of integrity.answer({ verb: "scan", full: false }));
  expect(integrity.outbox.waiting(0, 100)).toEqual([]);
  put("home/ana/.ssh/authorized_keys", "ssh-ed25519 AAAA planted\n");
  await integrity.reload(wanted({ scanOnStart: false, autoIgnore: true }));
  await untilTold("/home/ana/.ssh/authorized_keys");
});

test("keys in a folder that .ssh leads to are told at once, and where the folder comes later, soon", async () => {
  for (const name of ["ana", "bob"]) put(`home/${name}/notes`, "");
  put("srv/ana/notes", "");
  start();
  for await (const _ of integrity.answer({ verb: "scan", full: false }));
  for (const name of ["ana", "bob"])
    symlinkSync(`../../srv/${name}`, join(root, `home/${name}/.ssh`));
  await untilTold("/home/ana/.ssh");
  put("srv/ana/authorized_keys", "ssh-ed25519 AAAA planted\n");
  await untilTold("/srv/ana/authorized_keys");
  await untilTold("/home/bob/.ssh");
  put("srv/bob/authorized_keys", "ssh-ed25519 AAAA planted\n");
  await untilTold("/srv/bob/authorized_keys");
});
