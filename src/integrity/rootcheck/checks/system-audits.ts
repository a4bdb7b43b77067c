import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { BytePath } from "../../entry.ts";
import { isTrouble, statOf } from "../../look.ts";
import { below, childOf, fsPath, nameShown } from "../../name.ts";
import { type Check, type Ground, type Sign, tried } from "../check.ts";
import type { LinePattern } from "../formats/line-pattern.ts";
import type { PolicyEntry, PolicyTest } from "../formats/policy.ts";
import { listedIn } from "../processes.ts";
import { linesOf, textOf } from "../text-file.ts";

/** Files that one line of an audit looks into, and results of one entry. */
const mostFiles = 20_000;
const mostTold = 20;
const deepest = 24;

/** The audits in OSSEC's format that the settings name, entry by entry. */
export const systemAudits: Check = async (ground) => {
  const signs: Sign[] = [];
  for (const entries of ground.signs.policies) {
    for (const entry of entries) {
      const places = await placesOf(entry, ground);
      if (places) signs.push(...places.map((place) => auditSign(entry, place)));
      else if (entry.isRequired) break;
    }
  }
  return signs;
};

/** Where it was found; "" where there is nothing to name. */
interface Place {
  readonly kind: "File" | "Process";
  readonly path: BytePath;
}

/** Undefined where the entry does not hold. As OSSEC: of files the first place that was found, of folders all of them. */
async function placesOf(entry: PolicyEntry, ground: Ground): Promise<Place[] | undefined> {
  let last: Place[] | undefined;
  for (const test of entry.tests) {
    const places = await placesFor(test, ground);
    const told = places?.slice(0, test.kind === "folder" ? mostTold : 1);
    if (told && !entry.needsAll) return told;
    if (!told && entry.needsAll) return undefined;
    last = told;
  }
  return last;
}

/** Undefined where it does not hold; where it does because something is not there, its first path. */
async function placesFor(test: PolicyTest, ground: Ground): Promise<Place[] | undefined> {
  const { kind, isNegated, paths } = test;
  const found = kind === "process" ? processes(test, ground) : await files(test, ground);
  if (isNegated) {
    const named = kind === "process" ? "Process" : "File";
    return found.length > 0 ? undefined : [{ kind: named, path: paths[0] ?? "" }];
  }
  return found.length > 0 ? found : undefined;
}

function processes({ paths, program }: PolicyTest, { proc }: Ground): Place[] {
  for (const pid of listedIn(proc)) {
    const path = tried(() => readlinkSync(join(proc, `${pid}/exe`), "latin1"), "");
    const name = path.slice(path.lastIndexOf("/") + 1);
    const isIt = program ? program.test(path) : paths.includes(path) || paths.includes(name);
    if (path !== "" && isIt) return [{ kind: "Process", path }];
  }
  return [];
}

async function files(test: PolicyTest, { root }: Ground): Promise<Place[]> {
  const found: Place[] = [];
  let seen = 0;
  for (const path of candidates(root, test)) {
    seen += 1;
    if (seen % 100 === 0) await turn();
    if (seen > mostFiles) break;
    if (holds(root, path, test.content)) found.push({ kind: "File", path });
  }
  return found;
}

function* candidates(root: string, { kind, paths, name }: PolicyTest): Generator<BytePath> {
  if (kind !== "folder") return yield* paths;
  for (const path of allBelow(root, paths, 0)) {
    if (!name || name(path.slice(path.lastIndexOf("/") + 1))) yield path;
  }
}

function holds(root: string, path: BytePath, content: LinePattern | undefined): boolean {
  if (!content) {
    const stats = statOf(root, path);
    return stats !== undefined && !isTrouble(stats);
  }
  const text = textOf(root, path);
  if (text === undefined) return false;
  const lines = linesOf(text.replace(/\n$/, ""));
  return content.isNegative
    ? lines.every((line) => content.test(line))
    : lines.some((line) => content.test(line));
}

/** All that is in folders and below them, links not followed. */
function* allBelow(root: string, folders: readonly BytePath[], depth: number): Generator<BytePath> {
  if (depth > deepest) return;
  for (const folder of folders) {
    const at = fsPath(below(root, folder));
    const entries = tried(() => readdirSync(at, { withFileTypes: true, encoding: "latin1" }), []);
    for (const entry of entries) {
      const path = childOf(folder, entry.name);
      yield path;
      if (entry.isDirectory()) yield* allBelow(root, [path], depth + 1);
    }
  }
}

/** In OSSEC's words. */
function auditSign({ name, reference }: PolicyEntry, { kind, path }: Place): Sign {
  const file = nameShown(path);
  const shown = nameShown(Buffer.from(name, "utf8").toString("latin1"), 300);
  const about = reference === "" ? "" : ` Reference: ${nameShown(reference, 300)} .`;
  const text = `System Audit: ${shown}. ${kind}: ${file}.${about}`;
  const key = `audit ${name} ${path}`;
  return kind === "File" ? { key, text, kind: "audit", file } : { key, text, kind: "audit" };
}
