import type { BytePath } from "../../entry.ts";
import { isTrouble, statOf } from "../../look.ts";
import { nameShown } from "../../name.ts";
import type { Check, Sign } from "../check.ts";

/** Files that known rootkits leave behind; one that a package owns is the package's. Names without a folder: see `systemFiles`. */
export const knownRootkitFiles: Check = async ({ root, signs, owners }) => {
  const known = new Map<BytePath, string[]>();
  for (const { path, rootkit } of signs.files) {
    if (!path.startsWith("/")) continue;
    const stats = statOf(root, path);
    if (!stats || isTrouble(stats)) continue;
    known.set(path, [...(known.get(path) ?? []), rootkit]);
  }
  const owned = await owners([...known.keys()]);
  return [...known]
    .filter(([path]) => !owned.has(path))
    .map(([path, rootkits]) => rootkitSign(path, rootkits));
};

/** In OSSEC's words. */
export function rootkitSign(path: BytePath, rootkits: readonly string[]): Sign {
  const file = nameShown(path);
  const names = nameShown(
    Buffer.from([...new Set(rootkits)].join(", "), "utf8").toString("latin1"),
  );
  const text = `Rootkit '${names}' detected by the presence of file '${file}'.`;
  return { key: `rootkit ${path}`, text, kind: "rootkit", file };
}
