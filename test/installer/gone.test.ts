import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { functionsOf } from "./functions.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-gone-"));

/** A function of let-go, on a file of ours in place of the server's. */
function cleaned(hostsDeny: string): string {
  const file = join(folder, "hosts.deny");
  writeFileSync(file, hostsDeny);
  const functions = functionsOf("let-go").replaceAll("/etc/hosts.deny", file);
  execFileSync("/bin/sh", ["-c", `${functions}\nclean_hosts_deny\n`]);
  return readFileSync(file, "utf8");
}

test("of hosts.deny only our section goes", () => {
  const section =
    "# stockade begin 2 (lines up to ...)\nALL: 192.0.2.1\nALL: 192.0.2.2\n# stockade end\n";
  expect(cleaned(`sshd: 1.2.3.4\n${section}ALL: PARANOID\n`)).toBe(
    "sshd: 1.2.3.4\nALL: PARANOID\n",
  );
});

test("a section without its end takes nobody else's lines with it", () => {
  expect(cleaned("# stockade begin 1 (…)\nALL: 192.0.2.1\nALL: PARANOID\n")).toBe(
    "ALL: PARANOID\n",
  );
  expect(cleaned("a: 1\n# stockade end\nb: 2\n")).toBe("a: 1\nb: 2\n");
});
