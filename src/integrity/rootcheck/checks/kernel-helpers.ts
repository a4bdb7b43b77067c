import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nameShown } from "../../name.ts";
import { type Check, type Sign, tried } from "../check.ts";

/** Programs that the kernel runs as root by itself: core(5), proc(5). What stands there survives, and nobody looks. */
const settings = [
  ["core_pattern", "when a program crashes"],
  ["modprobe", "when it needs a module"],
  ["poweroff_cmd", "when it switches off"],
] as const;

export const kernelHelpers: Check = async ({ proc, owners }) => {
  const set = settings.flatMap(([name, when]) => {
    const value = tried(() => readFileSync(join(proc, "sys/kernel", name), "latin1"), "").trim();
    const isProgram = name !== "core_pattern" || value.startsWith("|");
    const path = value.replace(/^\|/, "").trim().split(/\s/)[0] ?? "";
    return isProgram && path.startsWith("/") ? [{ name, when, path }] : [];
  });
  const owned = await owners(set.map(({ path }) => path));
  return set
    .filter(({ path }) => !owned.has(path))
    .map(({ name, when, path }): Sign => {
      const file = nameShown(path);
      const text = `Program '${file}' of no package is run by the kernel ${when} (kernel.${name}).`;
      return { key: `helper ${name} ${path}`, text, kind: "suspicious", file };
    });
};
