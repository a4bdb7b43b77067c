import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BytePath } from "../entry.ts";

const kinds = ["preinst", "postinst", "prerm", "postrm", "config"];
/** A shorter name is a word that may be there for anything. */
const shortestName = 5;

/**
 * Which of these paths a maintainer script of one of the packages names (dpkg(1): what stands in `info`), by path: as a whole, or by
 * its folder and its name apart, for scripts put paths together. What a script names it may well make, and that is all it proves.
 */
export async function namedByScripts(
  folder: string,
  packages: readonly string[],
  paths: readonly BytePath[],
): Promise<ReadonlyMap<BytePath, string>> {
  const found = new Map<BytePath, string>();
  for (const name of packages) {
    const script = await scriptsOf(folder, name);
    for (const path of paths) if (names(script, path)) found.set(path, name);
  }
  return found;
}

async function scriptsOf(folder: string, name: string): Promise<string> {
  const file = (kind: string) => join(folder, "info", `${name.replaceAll("/", "_")}.${kind}`);
  // Most packages have few of them, or none.
  const texts = kinds.map((kind) => readFile(file(kind), "latin1").catch(() => ""));
  return (await Promise.all(texts)).join("\n");
}

function names(script: string, path: BytePath): boolean {
  if (includes(script, path, nameGoesOn)) return true;
  const at = path.lastIndexOf("/");
  const isRare = path.length - at > shortestName;
  const [folder, name] = [path.slice(0, at), path.slice(at)];
  return isRare && includes(script, folder, folderGoesOn) && includes(script, name, nameGoesOn);
}

const nameGoesOn = /^(?:[\w+/-]|\.\w)/;
const folderGoesOn = /^(?:[\w+-]|\.\w)/;

/** Whether it is there as a whole, and is not the beginning of something else. */
function includes(script: string, text: string, goesOn: RegExp): boolean {
  for (let at = script.indexOf(text); at >= 0; at = script.indexOf(text, at + 1)) {
    const end = at + text.length;
    if (!goesOn.test(script.slice(end, end + 2))) return true;
  }
  return false;
}
