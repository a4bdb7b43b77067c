import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "stockade-package-test-"));
let deb: string;

/** With a small program for Node: packing Node takes a minute, and all else is the same. */
async function build(output: string, ...flags: string[]): Promise<string> {
  const options = ["--runtime", "/bin/true", "--output", join(folder, output), ...flags];
  const { stdout } = await execa("bash", ["installer/package/build", ...options]);
  return stdout;
}

beforeAll(async () => {
  deb = await build("first");
});

test("the same sources make the same bytes", async () => {
  const again = await build("second");
  expect(deb).toMatch(/\/stockade_\d+\.\d+\.\d+_amd64\.deb$/);
  expect(readFileSync(again).equals(readFileSync(deb))).toBe(true);
});

test("lintian finds no error", async () => {
  const { all, exitCode } = await execa("lintian", ["--fail-on", "error", "--allow-root", deb], {
    all: true,
    reject: false,
  });
  expect(exitCode, all).toBe(0);
});

test("all below /etc is the admin's, and nothing else is", () => {
  const conffiles = execFileSync("dpkg-deb", ["--info", deb, "conffiles"], { encoding: "utf8" });
  expect(conffiles.trim().split("\n")).toEqual([
    "/etc/logrotate.d/stockade",
    "/etc/stockade/stockade.conf",
    "/etc/suricata/stockade.yaml",
  ]);
});

test.each([
  "usr/lib/stockade/node",
  "usr/lib/stockade/stockaded.mjs",
  "usr/lib/stockade/rules/decoders/0200-sshd.xml",
  "usr/lib/stockade/rules/suricata/bundled.rules",
  "usr/lib/systemd/system/stockaded.service",
  "usr/lib/systemd/system/suricata.service.d/stockade.conf",
  "usr/lib/sysusers.d/stockade.conf",
  "usr/lib/tmpfiles.d/stockade.conf",
  "usr/sbin/stockade",
  "usr/share/bash-completion/completions/stockade",
  "usr/share/doc/stockade/changelog.gz",
  "usr/share/doc/stockade/copyright",
  "usr/share/doc/stockade/troubleshooting.md",
  "usr/share/man/man5/stockade.conf.5.gz",
  "usr/share/man/man8/stockade-execute.8.gz",
  "usr/share/man/man8/stockade-respond.8.gz",
  "usr/share/man/man8/stockade.8.gz",
  "usr/share/man/man8/stockaded.8.gz",
  "usr/share/zsh/vendor-completions/_stockade",
])("it holds %s, root's", (path) => {
  const list = execFileSync("dpkg-deb", ["--contents", deb], { encoding: "utf8" });
  expect(list).toMatch(new RegExp(`^-\\S+ root/root .* \\./${literally(path)}$`, "m"));
});

test("logs are rotated by renaming", () => {
  expect(readFileSync("config/logrotate.conf", "utf8")).not.toContain("copytruncate");
});

test("each npm package in a bundle has its licence in the copyright", () => {
  const path = "./usr/share/doc/stockade/copyright";
  const copyright = execFileSync(
    "bash",
    ["-c", `dpkg-deb --fsys-tarfile "$1" | tar -xO ${path}`, "_", deb],
    {
      encoding: "utf8",
    },
  );
  for (const name of ["commander", "zod", "nodemailer", "ipaddr.js", "Node.js"]) {
    expect(copyright).toMatch(new RegExp(`^--- ${literally(name)} \\d[\\s\\S]+?Copyright`, "m"));
  }
});

test("every maintainer script, and every script of the installer, is one that shellcheck can read", async () => {
  const parts = join(folder, "control");
  await execa("dpkg-deb", ["--control", deb, parts]);
  const scripts = ["preinst", "postinst", "prerm", "postrm"].map((name) => join(parts, name));
  await execa("shellcheck", ["--severity=warning", ...scripts]);
  const { stdout } = await execa("git", [
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "installer",
  ]);
  const ours = stdout
    .split("\n")
    .filter((file) => /^#!\/bin\/(ba)?sh|^#!.*bash|shellcheck shell/.test(head(file)));
  expect(ours.length).toBeGreaterThan(20);
  await execa("shellcheck", ["--severity=warning", ...ours]);
});

function literally(text: string): string {
  return text.replaceAll(/[.$]/g, "\\$&");
}

function head(file: string): string {
  return readFileSync(file, "utf8").slice(0, 200);
}
