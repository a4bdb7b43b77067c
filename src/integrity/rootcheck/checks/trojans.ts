import { closeSync, constants, openSync, readdirSync, readSync, realpathSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import type { BytePath } from "../../entry.ts";
import { isTrouble, statOf } from "../../look.ts";
import { below, fsPath, nameShown } from "../../name.ts";
import { type Check, type Sign, tried, type Verified } from "../check.ts";
import type { TrojanSign } from "../formats/rootkit-trojans.ts";
import { programNames, programsElsewhere } from "../signs/programs.ts";

const folders = ["/bin", "/sbin", "/usr/bin", "/usr/sbin"];

/**
 * Programs that admins look around with, that let people in, and that verdicts rest on: the package database is asked first. What
 * is as recorded is no trojan; what is not is told, and is a trojan's where it holds what trojans hold. The same of what signs
 * name and no package owns.
 */
export const trojans: Check = async (ground) => {
  const { root, signs } = ground;
  const named = signs.trojans.map(({ program }) => program);
  const files = filesFor(root, [...new Set([...programNames, ...named])]);
  const known = await ground.verify([...files.keys()]);
  const found: Sign[] = [];
  for (const [path, names] of files) {
    const verified = known.get(path);
    if (verified?.content === "recorded") continue;
    const its = signs.trojans.filter(({ program }) => names.has(program));
    const trojan = await trojanIn(root, path, its);
    if (trojan) found.push(trojanSign(path, trojan));
    else if (verified?.content === "differs") found.push(differsSign(path, verified));
  }
  return found;
};

/** The files that stand behind names of programs and absolute paths, each once, with the names that lead to them. */
function filesFor(root: string, programs: readonly BytePath[]): Map<BytePath, Set<BytePath>> {
  const files = new Map<BytePath, Set<BytePath>>();
  const take = (path: BytePath, name: BytePath) => {
    const real = realFile(root, path);
    if (real !== undefined) files.set(real, (files.get(real) ?? new Set()).add(name));
  };
  for (const name of programs) {
    if (name.startsWith("/")) take(name, name);
    else for (const folder of folders) take(`${folder}/${name}`, name);
  }
  for (const path of elsewhere(root)) take(path, path);
  return files;
}

/** Libraries of the machine's kind: "*" is one folder. */
function elsewhere(root: string): BytePath[] {
  const libraries = tried(() => readdirSync(below(root, "/usr/lib"), "latin1"), [])
    .filter((name) => name.endsWith("-linux-gnu") || name.endsWith("-linux-gnueabihf"))
    .map((name) => `/usr/lib/${name}`);
  return programsElsewhere.flatMap((path) =>
    path.startsWith("*") ? libraries.map((folder) => folder + path.slice(1)) : [path],
  );
}

function realFile(root: string, path: BytePath): BytePath | undefined {
  const real = tried(
    () => realpathSync(fsPath(below(root, path)), { encoding: "latin1" }),
    undefined,
  );
  const plain = root === "/" ? real : real?.slice(below(root, "").length);
  const stats = plain === undefined ? undefined : statOf(root, plain);
  return stats && !isTrouble(stats) && stats.isFile() ? plain : undefined;
}

const pieceBytes = 1024 * 1024;
const mostBytes = 64 * pieceBytes;

async function trojanIn(
  root: string,
  path: BytePath,
  signs: readonly TrojanSign[],
): Promise<TrojanSign | undefined> {
  if (signs.length === 0) return undefined;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = tried(() => openSync(fsPath(below(root, path)), flags), -1);
  if (file < 0) return undefined;
  try {
    for (const text of textsIn(file)) {
      const sign = text === "" ? undefined : signs.find(({ pattern }) => pattern.test(text));
      if (sign) return sign;
      if (text === "") await turn();
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** What strings(1) would show, and "" after each piece. One that goes from one piece to the next is cut. */
function* textsIn(file: number): Generator<string> {
  const piece = Buffer.alloc(pieceBytes);
  for (let at = 0; at < mostBytes; at += pieceBytes) {
    const count = tried(() => readSync(file, piece, 0, pieceBytes, at), 0);
    for (const [text] of piece.toString("latin1", 0, count).matchAll(/[\t -~]{4,4096}/g))
      yield text;
    yield "";
    if (count < pieceBytes) return;
  }
}

/** In OSSEC's words. */
function trojanSign(path: BytePath, { pattern, description }: TrojanSign): Sign {
  const file = nameShown(path);
  const what = description === "" ? "Generic" : description;
  const text = `Trojaned version of file '${file}' detected. Signature used: '${nameShown(pattern.source)}' (${nameShown(what)}).`;
  return { key: `trojan ${path}`, text, kind: "rootkit", file };
}

function differsSign(path: BytePath, { package: name }: Verified): Sign {
  const file = nameShown(path);
  const text = `File '${file}' is not what its package ${name} recorded.`;
  return { key: `differs ${path}`, text, kind: "differs", file };
}
