import { mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeBundle } from "../../../src/bin/support/bundle.ts";
import { openRedact } from "../../../src/bin/support/redact.ts";
import { healthyWorld, type World } from "../doctor/world.ts";

let world: World;
beforeEach(async () => {
  world = await healthyWorld();
});
afterEach(() => world.remove());

test("a bundle holds settings, logs and what programs say, and no secret", async () => {
  world.file("/etc/postfix/sasl_passwd", "[smtp.mailgun.org]:587 me@example.com:hunter22\n");
  world.file(
    "/etc/stockade/install.answers",
    "MAILGUN_PASSWORD=hunter22\nADMIN_EMAIL=me@example.com\n",
  );
  world.file("/etc/stockade/rules/mine.xml", "<group name='x'>\n");
  world.file("/var/log/suricata/fast.log", `first line\n${"x".repeat(300_000)}\nlast line\n`);
  // What the daemon's account could have put there, so that root reads something else.
  world.file("/etc/shadow", "root:hunter22:\n");
  mkdirSync(join(world.root, "var/log/stockade/alerts"), { recursive: true });
  symlinkSync(
    join(world.root, "etc/shadow"),
    join(world.root, "var/log/stockade/alerts/alerts.log"),
  );
  mkdirSync(join(world.root, "var/log/stockade/stockade.log"));
  world.program("postconf", "smtp_sasl_password_maps = static:me:hunter22");
  const target = join(world.root, "bundle.tar.gz");
  const pages = new Map([["doctor.txt", "all is well\n"]]);
  const names = await writeBundle(world.machine(), openRedact(false), { target, pages });

  expect(names).toContain("files/etc/stockade/rules/mine.xml");
  expect(names.join()).not.toContain("sasl_passwd");
  expect(statSync(target).mode & 0o777).toBe(0o600);
  const { stdout } = await execa("tar", ["-xzOf", target]);
  expect(stdout).toContain("all is well");
  expect(stdout).toContain("MAILGUN_PASSWORD=[removed]");
  expect(stdout).toContain("last line");
  expect(stdout).not.toMatch(/hunter22|me@example\.com|first line/);
  await expect(writeBundle(world.machine(), openRedact(false), { target, pages })).rejects.toThrow(
    "cannot write",
  );
});
