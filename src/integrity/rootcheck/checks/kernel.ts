import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, tried } from "../check.ts";

/** The bits of /proc/sys/kernel/tainted that say something of modules, from the kernel's own admin guide. */
const taints: readonly (readonly [bit: number, text: string])[] = [
  [1, "a module was loaded by force, into a kernel that it was not made for"],
  [3, "a module was unloaded by force"],
  [12, "a module from outside the kernel's own source was loaded"],
  [13, "a module without a signature was loaded"],
];

/** What the kernel says of modules that are not its own. */
export const kernelTaint: Check = async ({ proc }) => {
  const text = tried(() => readFileSync(join(proc, "sys/kernel/tainted"), "latin1"), "0");
  const value = BigInt(/^\d+/.exec(text)?.[0] ?? "0");
  return taints
    .filter(([bit]) => ((value >> BigInt(bit)) & 1n) === 1n)
    .map(([bit, said]) => ({
      key: `taint ${bit}`,
      text: `The kernel is tainted: ${said}.`,
      kind: bit === 12 ? "notice" : "suspicious",
    }));
};
