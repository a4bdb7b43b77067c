import { join } from "node:path";
import { expect, test } from "vitest";
import { systemAudits } from "../../../src/integrity/rootcheck/checks/system-audits.ts";
import { loadSigns } from "../../../src/integrity/rootcheck/signs.ts";
import { scratchGround, silent } from "./ground.ts";

/** What an audit says of a server with these files; of processes, too. */
async function audited(
  audit: string,
  files: Readonly<Record<string, string>>,
  programs: readonly string[] = [],
): Promise<string[]> {
  const notes = scratchGround();
  notes.put("audit.txt", audit);
  const { ground, put, run } = scratchGround({ systemAudits: [join(notes.folder, "audit.txt")] });
  for (const [name, text] of Object.entries(files)) put(name, text);
  for (const [n, program] of programs.entries()) run(100 + n, program);
  return (await systemAudits(ground)).map(({ text }) => text);
}

test("a line of a file, in OSSEC's words, with a reference where there is one", async () => {
  const audit =
    "[PHP shows errors] [any] [https://example.com/php]\nf:/etc/php.ini -> r:^display_errors = On;\n" +
    "[Nothing] [any] []\nf:/etc/php.ini -> r:^safe;\n";
  expect(await audited(audit, { "etc/php.ini": "x\r\ndisplay_errors = On\r\n" })).toEqual([
    "System Audit: PHP shows errors. File: /etc/php.ini. Reference: https://example.com/php .",
  ]);
});

test("every file of a list is looked at, where OSSEC looks at the first", async () => {
  const audit = "$ini=/etc/a,/etc/b,/etc/c;\n[On] [any] []\nf:$ini -> r:^on;\n";
  expect(await audited(audit, { "etc/a": "off\n", "etc/c": "on\n" })).toEqual([
    "System Audit: On. File: /etc/c.",
  ]);
});

test("what no line says, what is not there, and a file of the kernel's", async () => {
  const audit =
    "[No tmp] [any] []\nf:/etc/fstab -> !r:/tmp;\n[No file] [any] []\nf:!/etc/gone;\n" +
    "[A setting is absent] [any] []\nf:!/etc/fstab -> r:nodev;\n[Kernel] [any] []\nf:/etc/fstab -> !r:/var;\n";
  expect(await audited(audit, { "etc/fstab": "/dev/sda1 / ext4\n/dev/sda2 /var ext4\n" })).toEqual([
    "System Audit: No tmp. File: /etc/fstab.",
    "System Audit: No file. File: /etc/gone.",
    "System Audit: A setting is absent. File: /etc/fstab.",
  ]);
  const real = scratchGround({ systemAudits: [] });
  const { files, trojans } = loadSigns(real.ground.settings, silent);
  expect([files.length > 0, trojans.length > 0]).toEqual([true, true]);
});

test("files in a folder and below it, each one that is found", async () => {
  const audit =
    "$web=/var/www,/srv/www;\n[Web vulnerability - a shell] [any] []\nd:$web -> .php$ -> r:eval\\(base64;\n" +
    "[Odd name] [any] []\nd:$web -> ^.shell$;\n";
  const files = {
    "var/www/a/x.php": "<?php eval(base64_decode('x'));\n",
    "srv/www/y.php": "eval(base64\n",
    "srv/www/z.txt": "eval(base64\n",
    "srv/www/.shell": "",
  };
  expect((await audited(audit, files)).toSorted()).toEqual([
    "System Audit: Odd name. File: /srv/www/.shell.",
    "System Audit: Web vulnerability - a shell. File: /srv/www/y.php.",
    "System Audit: Web vulnerability - a shell. File: /var/www/a/x.php.",
  ]);
});

test("all of the lines, processes, and an entry without which the rest means nothing", async () => {
  const audit =
    "[Telnet] [all] []\nf:/etc/inetd.conf -> r:^telnet;\np:inetd;\n" +
    "[Debian] [all required] []\nf:/etc/debian_version;\n[After] [any] []\nf:/etc/inetd.conf;\n";
  const inetd = { "etc/inetd.conf": "telnet stream\n" };
  expect(await audited(audit, inetd)).toEqual([]);
  expect(
    await audited(audit, { ...inetd, "etc/debian_version": "13\n" }, ["/usr/sbin/inetd"]),
  ).toEqual([
    "System Audit: Telnet. Process: /usr/sbin/inetd.",
    "System Audit: Debian. File: /etc/debian_version.",
    "System Audit: After. File: /etc/inetd.conf.",
  ]);
});

test("names of files are shown with escapes", async () => {
  const [text] = await audited("[Any] [any] []\nd:/srv -> x;\n", { "srv/x\n\xff\x1b": "" });
  expect(text).toBe("System Audit: Any. File: /srv/x\\x0a\\xff\\x1b.");
});

test("a file that is not there, and lines that say nothing, are told, and nothing breaks", () => {
  const { folder, put } = scratchGround();
  put("bad.txt", "[x\nf:/a;\n");
  const told: string[] = [];
  const log = {
    info() {},
    warn: (text: string) => told.push(text),
    error: (text: string) => told.push(text),
  };
  const settings = scratchGround({
    systemAudits: [join(folder, "bad.txt")],
    rootkitFiles: [join(folder, "gone.txt")],
  }).ground.settings;
  const signs = loadSigns(settings, log);
  expect(signs.policies).toEqual([[]]);
  expect(told.map((text) => text.replaceAll(folder, ""))).toEqual([
    "cannot find /gone.txt: nothing in it is looked for",
    '/bad.txt:1: expected [NAME] [any or all] [REFERENCE], found "[x"',
  ]);
});
