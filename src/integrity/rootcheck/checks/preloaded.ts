import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nameShown } from "../../name.ts";
import { type Check, type Sign, tried } from "../check.ts";
import { listedIn } from "../processes.ts";

const mostTold = 20;

/** Libraries that every program, or one that runs, is made to load before its own: ld.so(8). */
export const preloaded: Check = async ({ root, proc, owners }) => {
  const everywhere = tried(() => readFileSync(join(root, "etc/ld.so.preload"), "latin1"), "")
    .split("\n")
    .map((line) => line.replace(/#.*/, ""))
    .flatMap((line) => line.split(/[\s:]+/))
    .filter((path) => path !== "");
  const byProcess = librariesIn(proc);
  const owned = await owners([...everywhere, ...byProcess.keys()]);
  const all: Sign[] = everywhere.map((path) => {
    const by = owned.get(path);
    return {
      key: `preload ${path}`,
      text: `Library '${nameShown(path)}' is loaded into every program by /etc/ld.so.preload (${by ?? "no package"}).`,
      kind: by === undefined ? "rootkit" : "notice",
      file: nameShown(path),
    };
  });
  const some = [...byProcess].filter(([path]) => !owned.has(path)).slice(0, mostTold);
  return [
    ...all,
    ...some.map(([path, pid]): Sign => {
      const text = `Library '${nameShown(path)}' of no package is loaded into process ${pid} by LD_PRELOAD.`;
      return { key: `preload ${path}`, text, kind: "suspicious", file: nameShown(path) };
    }),
  ];
};

/** What LD_PRELOAD names in the environments of processes, with one of them. */
function librariesIn(proc: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const pid of listedIn(proc)) {
    const environment = tried(() => readFileSync(join(proc, `${pid}/environ`), "latin1"), "");
    if (!environment.includes("LD_PRELOAD=")) continue;
    const value = environment.split("\0").find((one) => one.startsWith("LD_PRELOAD=")) ?? "";
    for (const path of value.slice("LD_PRELOAD=".length).split(/[\s:]+/)) {
      // A bare name is looked up in the system's own folders.
      if (path.includes("/")) found.set(path, pid);
    }
  }
  return found;
}
