import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BytePath } from "../entry.ts";
import { below, childOf, fsPath } from "../name.ts";
import type { PackageDatabase } from "../packages/package-database.ts";
import { recordedOf } from "./recorded.ts";

const profiles = "/usr/share/pam-configs";
const templates = "/usr/share/pam";
const types = ["auth", "account", "password", "session"] as const;

/** Whether pam-auth-update(8) writes it. */
export function isMadeByPam(path: BytePath): boolean {
  return /^\/etc\/pam\.d\/common-(?:auth|account|password|session|session-noninteractive)$/.test(
    path,
  );
}

/**
 * Whether such a file holds nothing but what pam-auth-update puts together of packages' profiles and templates: each line is one of
 * theirs, and each jump goes behind the one line that refuses. Rejects where the package database cannot be read.
 */
export async function isOfProfiles(
  root: string,
  path: BytePath,
  packages: PackageDatabase,
): Promise<boolean> {
  const text = await readFile(join(root, path), "latin1").catch(() => "");
  const lines = activeLines(text);
  const refusal = lines.findIndex((line) => /^\w+ requisite pam_deny\.so$/.test(line));
  if (refusal < 0 || lines.findLastIndex(isRefusal) !== refusal) return false;
  const known = await knownLines(root, packages);
  return lines.every((line, at) => {
    const jumps = [...control(line).matchAll(jump)].map(([, count]) => at + 1 + Number(count));
    return known.has(withoutJumps(line)) && jumps.every((to) => to === refusal + 1);
  });
}

function isRefusal(line: string): boolean {
  return line.includes("pam_deny.so");
}

/** Words with one blank between; no comments. */
function activeLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim().replace(/\s+/g, " "));
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

const jump = /=(end|\d+)\b/g;

/** What a module's answer leads to, "[success=2 default=ignore]", see pam.conf(5); behind it are options of the module. */
function control(line: string): string {
  return /^\w+ (\[[^\]]*\])/.exec(line)?.[1] ?? "";
}

/** "success=end" of a profile is a number in the end. */
function withoutJumps(line: string): string {
  return line.replace(control(line), (words) => words.replace(jump, "=#"));
}

async function knownLines(root: string, packages: PackageDatabase): Promise<ReadonlySet<string>> {
  const [all, templatesNow] = await Promise.all([
    recorded(root, profiles, packages),
    recorded(root, templates, packages),
  ]);
  const lines = [
    withoutProfile,
    ...all.flatMap(linesOfProfile),
    ...templatesNow.flatMap(activeLines),
  ];
  return new Set(lines.map(withoutJumps));
}

/** What pam-auth-update itself writes for sessions, which no profile decides alone. */
const withoutProfile = "session [default=1] pam_permit.so";

/** What the files of a folder hold that are what a package recorded. */
async function recorded(
  root: string,
  folder: BytePath,
  packages: PackageDatabase,
): Promise<string[]> {
  const names = await readdir(join(root, folder), { encoding: "latin1" }).catch(() => []);
  const paths = await recordedOf(
    root,
    packages,
    names.map((name) => childOf(folder, name)),
  );
  const texts = [...paths].map((path) =>
    readFile(fsPath(below(root, path)), "latin1").catch(() => ""),
  );
  return await Promise.all(texts);
}

/** A profile has "Auth:", "Auth-Initial:" and the like, and below them lines that begin with a blank and lack the type. */
function linesOfProfile(text: string): string[] {
  let type: string | undefined;
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    const [, head] = /^([A-Za-z]+)(?:-Initial)?:/.exec(line) ?? [];
    if (!/^\s/.test(line)) type = types.find((one) => one === head?.toLowerCase());
    else if (type !== undefined && line.trim() !== "")
      lines.push(`${type} ${activeLines(line)[0] ?? ""}`);
  }
  return lines;
}
