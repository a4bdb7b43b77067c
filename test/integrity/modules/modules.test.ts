import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type KnownModules, openModules } from "../../../src/integrity/modules/modules.ts";
import { moduleFindings } from "../../../src/integrity/modules/words.ts";

const folder = "/lib/modules/6.12.1-amd64";

const listed = "kernel/net/nf-tables.ko.xz: x\nupdates/dkms/zfs.ko:\n";

function kernel(list: string | null = listed) {
  const root = mkdtempSync(join(tmpdir(), "modules-"));
  const proc = join(root, "proc");
  mkdirSync(join(proc, "sys/kernel/random"), { recursive: true });
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(proc, "sys/kernel/osrelease"), "6.12.1-amd64\n");
  if (list !== null) writeFileSync(join(root, folder, "modules.dep"), list);
  const boot = (id: string) => writeFileSync(join(proc, "sys/kernel/random/boot_id"), `${id}\n`);
  boot("first");
  return {
    boot,
    load(...names: string[]) {
      const lines = names.map((name) => {
        const [bare, taints] = name.split(" ");
        return `${bare} 16384 0 - Live 0x0000000000000000${taints ? ` ${taints}` : ""}\n`;
      });
      writeFileSync(join(proc, "modules"), lines.join(""));
    },
    open: (before?: KnownModules) => openModules({ root, proc, before }),
  };
}

const owners = new Map([[`${folder}/kernel/net/nf-tables.ko.xz`, "linux-image-6.12.1-amd64"]]);

test("what was there is learned; what comes is told once, with its package or without", () => {
  const { load, open } = kernel();
  load("ext4", "strange");
  const modules = open();
  expect(modules?.look()).toEqual([]);
  load("ext4", "strange", "nf_tables", "rootkit (OE)");
  const loaded = modules?.look() ?? [];
  expect(modules?.look()).toEqual([]);
  const findings = moduleFindings(loaded, owners, 7);
  expect(findings).toEqual([
    {
      at: 7,
      decoder: "kernel_module",
      location: "modules",
      text: "kernel module loaded: rootkit (no package), no file of it among this kernel's modules, not from the kernel's own source",
      fields: { action: "loaded", status: "unowned", extra_data: "rootkit" },
    },
    {
      at: 7,
      decoder: "kernel_module",
      location: "modules",
      text: "kernel module loaded: nf_tables (linux-image-6.12.1-amd64)",
      fields: { action: "loaded", status: "packaged" },
    },
  ]);
});

test("what has a package's name and is not from the kernel's own source is of no package", () => {
  const { load, open } = kernel();
  load("ext4");
  const modules = open();
  modules?.look();
  load("ext4", "nf_tables (OE)");
  const [finding] = moduleFindings(modules?.look() ?? [], owners, 0);
  expect(finding?.fields["status"]).toBe("unowned");
});

test("after a start only what no package has is told, and after a restart of ours nothing is", () => {
  const { load, open, boot } = kernel();
  load("ext4");
  const first = open();
  first?.look();
  load("ext4", "zfs");
  const next = open(first?.known());
  expect(next?.look().map(({ name, isOfBoot }) => [name, isOfBoot])).toEqual([["zfs", false]]);
  boot("second");
  load("ext4", "zfs", "nf_tables", "rootkit");
  const after = open(next?.known());
  const findings = moduleFindings(after?.look() ?? [], owners, 0);
  expect(findings.map(({ text }) => text)).toEqual([
    "kernel module loaded at the start of the system: rootkit (no package), no file of it among this kernel's modules",
  ]);
});

test("a module of no package that was unloaded is told again", () => {
  const { load, open } = kernel();
  load("ext4");
  const modules = open();
  modules?.look();
  const strange = new Set(["rootkit"]);
  load("ext4", "rootkit");
  expect(modules?.look()).toHaveLength(1);
  modules?.forgetUnloaded(strange);
  expect(modules?.look()).toEqual([]);
  load("ext4");
  modules?.forgetUnloaded(strange);
  load("ext4", "rootkit");
  expect(modules?.look()).toHaveLength(1);
});

test("in a container the kernel is another system's", () => {
  expect(kernel("").open()).toBeDefined();
  const { open } = kernel(null);
  expect(open()).toBeUndefined();
});

test("hostile names are shown escaped, and a hundred are twenty-one", () => {
  const loaded = Array.from({ length: 100 }, (_, n) => ({
    name: `x\u001b[2J${n}`,
    path: undefined,
    isForeign: false,
    isOfBoot: false,
  }));
  const findings = moduleFindings(loaded, owners, 0);
  expect(findings).toHaveLength(21);
  expect(findings[0]?.text).toContain("x\\x1b[2J0 (no package)");
  expect(findings[20]?.text).toBe("80 more kernel modules of no package loaded");
});
