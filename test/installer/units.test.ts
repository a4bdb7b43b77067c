import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mallocVariables, nodeFlags } from "../../src/bin/process-memory.ts";

const units = ["stockaded", "stockade-respond", "stockade-execute", "stockade-integrity"].map(
  (name) => ({
    name,
    text: readFileSync(`systemd/${name}.service`, "utf8"),
  }),
);

/** What the unit does after its process has ended, with `sleep` told instead of done. */
function afterEnd(text: string, status: string): string {
  const script = /^ExecStopPost=\/bin\/sh -c '(.*)'$/m.exec(text)?.[1]?.replaceAll("$$", "$") ?? "";
  expect(script).not.toBe("");
  const told = script.replace("exec sleep", "echo sleeps");
  return execFileSync("/bin/sh", ["-c", told], { env: { EXIT_STATUS: status }, encoding: "utf8" });
}

// Usage, data, no input, unavailable, no permission, configuration: a restart at once would end the same way.
test.each(
  units.flatMap((unit) => ["64", "65", "66", "69", "77", "78"].map((s) => [unit, s] as const)),
)("$name: what it cannot start for (%s) is not tried again at once", ({ text }, status) => {
  expect(afterEnd(text, status)).toBe("sleeps 10\n");
});

test.each(
  units.flatMap((unit) => ["0", "1", "KILL", "ABRT", "TERM", ""].map((s) => [unit, s] as const)),
)("$name: killed, crashed or stopped (%s) is not held up", ({ text }, status) => {
  expect(afterEnd(text, status)).toBe("");
  expect(text).toMatch(/^RestartSec=200ms$/m);
  expect(text).toMatch(/^StartLimitIntervalSec=0$/m);
});

test.each(units)("$name has the memory of its process under supervision", ({ name, text }) => {
  const flags = nodeFlags[name as keyof typeof nodeFlags];
  const variables = Object.entries(mallocVariables).map((pair) => pair.join("="));
  expect(text).toContain(`\nExecStart=/usr/lib/stockade/node ${flags.join(" ")} /usr/lib/`);
  expect(text).toContain(`\nEnvironment=${variables.join(" ")}\n`);
});

test("a daemon that hangs is killed, without a core file, and started again", () => {
  const text = units.find(({ name }) => name === "stockaded")?.text;
  expect(text).toMatch(/^Type=notify$/m);
  // systemd-notify(1) is a process of its own.
  expect(text).toMatch(/^NotifyAccess=all$/m);
  expect(text).toMatch(/^WatchdogSec=60$/m);
  expect(text).toMatch(/^WatchdogSignal=SIGKILL$/m);
  expect(text).toMatch(/^Restart=always$/m);
});

test("a mistake in the settings does not keep the responder from starting", () => {
  const respond = units.find(({ name }) => name === "stockade-respond")?.text;
  expect(respond).toMatch(/^ExecStartPre=-\+\/usr\/sbin\/stockade config compile$/m);
});

// In the sandbox the responder may give no file away: the folders' group bit does it.
test.each(["/run/stockade", "/var/log/stockade"])(
  "what root makes in %s is its group's",
  (folder) => {
    const rows = readFileSync("config/tmpfiles.conf", "utf8")
      .split("\n")
      .map((row) => row.split(/\s+/));
    const row = rows.find(([kind, path]) => kind === "d" && path === folder);
    expect(row?.[2]).toMatch(/^2/);
    expect(row?.slice(3)).toEqual(["root", "stockade"]);
  },
);

// Who asks systemd for something gets it outside of every sandbox.
test.each([
  "stockade-update-rules",
  "stockade-first-boot",
  "stockade-selftest",
  "stockade-attacker@",
])("%s cannot ask systemd for anything", (name) => {
  const text = readFileSync(`systemd/${name}.service`, "utf8");
  expect(text).toMatch(/^InaccessiblePaths=-\/run\/dbus -\/run\/systemd\/private( |$)/m);
});

test.each([
  ["a machine", "MemTotal: 2048000 kB", {}, 2000],
  ["a container with a limit", "MemTotal: 2048000 kB", { "memory.max": "1073741824" }, 1024],
  ["a container without one", "MemTotal: 2048000 kB", { "memory.max": "max" }, 2000],
  [
    "a container of the older kind",
    "MemTotal: 2048000 kB",
    { "memory/memory.limit_in_bytes": "1073741824" },
    1024,
  ],
  [
    "one of these without a limit",
    "MemTotal: 2048000 kB",
    { "memory/memory.limit_in_bytes": "9223372036854771712" },
    2000,
  ],
])("memory-mb knows how much memory %s has", (_, meminfo, limits, megabytes) => {
  const root = mkdtempSync(join(tmpdir(), "stockade-memory-"));
  mkdirSync(join(root, "proc"));
  mkdirSync(join(root, "sys/fs/cgroup/memory"), { recursive: true });
  writeFileSync(join(root, "proc/meminfo"), `${meminfo}\nMemFree: 5 kB\n`);
  for (const [name, limit] of Object.entries(limits)) {
    writeFileSync(join(root, "sys/fs/cgroup", name), `${limit}\n`);
  }
  const said = execFileSync("sh", ["installer/server/memory-mb", root], { encoding: "utf8" });
  expect(Number(said)).toBe(megabytes);
  rmSync(root, { recursive: true });
});
