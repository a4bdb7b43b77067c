import { printable } from "../core/printable.ts";
import type { AccountFile, KeptLine, ReadLine } from "./account-lines.ts";

/** What became of accounts and groups, in words. */
export interface AccountChanges {
  readonly said: readonly string[];
  /** Accounts that have root's number since now, by name: whoever has it is root. */
  readonly likeRoot: readonly string[];
}

type Before = Readonly<Record<string, KeptLine>>;

/** Compares a file's lines with those of before. Passwords are in neither: of shadow only who has another line is told. */
export function changesOf(
  file: AccountFile,
  before: Before,
  now: readonly ReadLine[],
): AccountChanges {
  const lineBefore = (name: string) => (Object.hasOwn(before, name) ? before[name] : undefined);
  const names = new Set(now.map(({ name }) => name));
  const gone = Object.keys(before).filter((name) => !names.has(name));
  const compare = comparing[file];
  const said = now.flatMap((line) => compare?.(line, lineBefore(line.name)) ?? []);
  const left = file === "passwd" || file === "group" ? gone.map((one) => goneWord(file, one)) : [];
  const likeRoot = file === "passwd" ? now.filter((line) => isNewRoot(line, lineBefore)) : [];
  return { said: [...said, ...left], likeRoot: likeRoot.map(({ name }) => shown(name)) };
}

type Compare = (line: ReadLine, before: KeptLine | undefined) => string[];

const comparing: Partial<Record<AccountFile, Compare>> = {
  passwd(line, before) {
    const name = shown(line.name);
    if (!before) return [`new account ${name}: ${detailsOf(line)}`];
    if (before.head === line.head) return [];
    if (before.id === line.id) return [`account ${name} was changed: ${detailsOf(line)}`];
    return [`account ${name} had uid ${before.id ?? "none"} and has another: ${detailsOf(line)}`];
  },
  shadow(line, before) {
    if (!before || before.head === line.head) return [];
    return [`the password of ${shown(line.name)} was changed, or for how long it is good`];
  },
  group(line, before) {
    const name = shown(line.name);
    const joined = line.members.filter((one) => !before?.members.includes(one));
    const left = before?.members.filter((one) => !line.members.includes(one)) ?? [];
    return [
      ...(before ? [] : [`new group ${name}: gid ${line.id ?? "none"}`]),
      ...(before && before.id !== line.id ? [`group ${name} has another gid: ${line.id}`] : []),
      ...joined.map((one) => `${shown(one)} is now in group ${name}`),
      ...left.map((one) => `${shown(one)} is no more in group ${name}`),
    ];
  },
};

function goneWord(file: AccountFile, name: string): string {
  return `${file === "group" ? "group" : "account"} ${shown(name)} is gone`;
}

function detailsOf({ id, fields }: ReadLine): string {
  const [, password = "", , , , home = "", shell = ""] = fields;
  return [
    `uid ${id ?? "none"}${id === 0 ? ", the rights of root" : ""}`,
    `home ${shown(home)}`,
    `shell ${shown(shell)}`,
    ...(password === "" ? ["no password is asked for"] : []),
  ].join(", ");
}

function isNewRoot(
  { name, id }: ReadLine,
  before: (name: string) => KeptLine | undefined,
): boolean {
  return id === 0 && name !== "root" && before(name)?.id !== 0;
}

const longestName = 80;

function shown(text: string): string {
  return printable(Buffer.from(text.slice(0, longestName), "latin1").toString("utf8"));
}
