import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../../..");
const node = join(repository, "node_modules/.bin/node");
const folders = 60;
const most = 40;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-limits-"));
  for (const path of ["etc/stockade", "run/stockade/integrity", "var/lib/stockade", "proc"])
    mkdirSync(join(root, path), { recursive: true });
  for (let n = 0; n < folders; n++) {
    mkdirSync(join(root, `srv/${n}`), { recursive: true });
    writeFileSync(join(root, `srv/${n}/file`), `${n}`);
  }
  writeFileSync(
    join(root, "etc/stockade/stockade.conf"),
    '<stockade_config><syscheck><directories check_all="yes" realtime="yes">/srv</directories></syscheck></stockade_config>',
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("where the kernel lets it watch too few folders, one line and the status say so, and scans come", async () => {
  const bundle = join(repository, "dist/stockade-integrity.mjs");
  // A user namespace has limits of its own, see namespaces(7).
  const command = `echo ${most} > /proc/sys/user/max_inotify_watches && exec ${node} ${bundle} --root ${root}`;
  const process = spawn("unshare", ["--user", "--map-root-user", "sh", "-c", command]);
  let said = "";
  process.stderr.on("data", (text) => {
    said += text;
  });
  try {
    await expect
      .poll(() => status(), { timeout: 30_000 })
      .toMatchObject({ scanning: false, files: 1 + 2 * folders });
    const { realtime, nextAt } = status();
    expect(realtime.folders).toBeGreaterThan(most - 10);
    expect(realtime.folders).toBeLessThanOrEqual(most);
    expect(realtime.problem).toContain("ENOSPC");
    expect(nextAt).toBeLessThan(Date.now() + 901_000);
    await expect.poll(() => said).toContain("raise fs.inotify.max_user_watches");
    expect(said.match(/folders can be watched/g)).toHaveLength(1);
  } finally {
    process.kill("SIGKILL");
    await once(process, "exit");
  }
}, 60_000);

function status() {
  const bundle = join(repository, "dist/stockade.mjs");
  const args = [bundle, "--root", root, "integrity", "status", "--json"];
  const { stdout } = spawnSync(node, args, { encoding: "utf8" });
  return JSON.parse(stdout);
}
