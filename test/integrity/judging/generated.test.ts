import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changesSince, judgeOf, looks, scratchSystem } from "../scratch-system.ts";
import { logTransaction, shortly } from "./transactions.ts";

const local = "/etc/apparmor.d/local/usr.bin.tool";
const compiled = "/usr/lib/python3/dist-packages/__pycache__/tool.cpython-313.pyc";
const older = "/etc/tool.conf.dpkg-old";

let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
  const owned = [
    "/etc/apparmor.d/usr.bin.tool",
    "/usr/lib/python3/dist-packages/tool.py",
    "/etc/tool.conf",
  ];
  const files = Object.fromEntries(owned.map((path) => [path, "tool\n"]));
  system.install({ name: "tool", version: "1", files });
  writeFileSync(join(system.root, "var/log/dpkg.log"), "");
});
afterEach(() => system.remove());

/** The verdict on writing this file while packages are changed, as dpkg's log says. */
async function written(path: string, ...lines: string[]) {
  const before = looks(system, path);
  const at = join(system.root, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, `${lines} wrote ${before.get(path)?.sha256}\n`);
  writeFileSync(join(system.root, "var/log/dpkg.log"), "");
  logTransaction(system, Date.now(), ...lines);
  const { judge } = judgeOf(system, { now: shortly(60_000) });
  const { judged } = await judge.judge(changesSince(system, before));
  return judged.map(({ verdict, reason }) => `${verdict}: ${reason}`);
}

test("what is made beside a file counts to the package of that file, not to any other", async () => {
  const others = ["upgrade base:all 0 1", "upgrade python3-yaml:amd64 1 2"];
  for (const path of [local, compiled, older]) {
    expect(await written(path, ...others)).toEqual(["unowned: no package owns it"]);
  }
});

test.each([
  [local, "the admin's own part of a file of tool"],
  [compiled, "compiled from a file of tool"],
  [older, "another version of a file of tool"],
])("beside a file of a package that is upgraded: %s", async (path, reason) => {
  expect(await written(path, "upgrade tool:all 1 2")).toEqual([`side-effect: ${reason}`]);
});

test("an admin's own part of a profile that is there no script changes", async () => {
  await written(local, "upgrade tool:all 1 2");
  expect(await written(local, "upgrade tool:all 1 2")).toEqual(["unowned: no package owns it"]);
});

/** What any package was believed to make once, and the package whose trigger or script really makes it. */
const made = [
  ["/usr/lib/x86_64-linux-gnu/gdk-pixbuf-2.0/2.10.0/loaders.cache", "libgdk-pixbuf-2.0-0:amd64"],
  ["/usr/lib/x86_64-linux-gnu/gtk-2.0/2.10.0/immodules.cache", "libgtk2.0-0t64:amd64"],
  ["/usr/lib/x86_64-linux-gnu/gtk-3.0/3.0.0/immodules.cache", "libgtk-3-0:amd64"],
  ["/usr/lib/x86_64-linux-gnu/gio/modules/giomodule.cache", "libglib2.0-0t64:amd64"],
  ["/usr/share/glib-2.0/schemas/gschemas.compiled", "libglib2.0-0:amd64"],
  ["/usr/share/applications/mimeinfo.cache", "desktop-file-utils:amd64"],
  ["/usr/share/mime/mime.cache", "shared-mime-info:amd64"],
  ["/usr/share/info/dir", "install-info:amd64"],
  ["/usr/lib/locale/locale-archive", "locales:all"],
  ["/etc/.updated", "systemd:amd64"],
] as const;

test.each(made)("%s is made by %s, and by no other package", async (path, by) => {
  for (const other of ["upgrade other:all 1 2", "trigproc libc-bin:amd64 2 <none>"]) {
    expect(await written(path, other)).toEqual(["unowned: no package owns it"]);
  }
  const name = by.split(":")[0];
  expect(await written(path, "upgrade other:all 1 2", `trigproc ${by} 2 <none>`)).toEqual([
    expect.stringMatching(new RegExp(`^side-effect: .*, which scripts of ${name} make$`)),
  ]);
});

test("an index of icons belongs to who has icons there", async () => {
  const file = "/usr/share/icons/Tool/icon-theme.cache";
  system.install({ name: "icons", version: "1", files: { "/usr/share/icons/Tool/a.png": "icon" } });
  expect(await written(file, "upgrade tool:all 1 2")).toEqual(["unowned: no package owns it"]);
  for (const line of ["upgrade icons:all 1 2", "trigproc hicolor-icon-theme:all 1 <none>"]) {
    expect(await written(file, line)).toEqual([
      "side-effect: an index of icons beside a file of icons",
    ]);
  }
});

test("the mark of whoever adds an account is empty", async () => {
  expect(await written("/etc/.pwd.lock", "upgrade tool:all 1 2")).toEqual([
    "unowned: no package owns it",
  ]);
});

test.each(["python3:amd64", "python3.13-minimal:amd64", "libpython3.13-stdlib:amd64"])(
  "%s compiles what all packages have",
  async (name) => {
    expect(await written(compiled, `upgrade ${name} 1 2`)).toEqual([
      "side-effect: compiled from a file of tool",
    ]);
  },
);
