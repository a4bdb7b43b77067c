import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A line of passwd(5) and of shadow(5), as far as it matters, and the groups the account is in. */
export interface Account {
  readonly uid: number;
  readonly password: string;
  /** Days since 1970, "" for never. */
  readonly expires: string;
  readonly groups: readonly string[];
}

/** The account of exactly this name in the files below `root`; undefined when there is none. Rejects when they cannot be read. */
export async function accountOf(user: string, root: string): Promise<Account | undefined> {
  const [passwd, shadow, groups] = await Promise.all(
    ["passwd", "shadow", "group"].map((name) => rowsOf(join(root, "/etc", name))),
  );
  const row = passwd?.find(([name]) => name === user);
  const secret = shadow?.find(([name]) => name === user);
  if (!row || !secret || !groups) return undefined;
  const [, , uid = "", gid = ""] = row;
  const isIn = ([, , number, members = ""]: string[]) =>
    number === gid || members.split(",").includes(user);
  return {
    uid: /^\d+$/.test(uid) ? Number(uid) : 0,
    password: secret[1] ?? "",
    expires: secret[7] ?? "",
    groups: groups.filter(isIn).map(([name = ""]) => name),
  };
}

/** Which numbers people have, by login.defs(5); Debian's where it does not say. */
export async function peoplesNumbers(root: string): Promise<{ least: number; most: number }> {
  const text = await readFile(join(root, "/etc/login.defs"), "utf8").catch(() => "");
  const number = (name: string, otherwise: number) => {
    const found = new RegExp(`^\\s*${name}\\s+(\\d+)`, "m").exec(text);
    return found ? Number(found[1]) : otherwise;
  };
  return { least: Math.max(1, number("UID_MIN", 1000)), most: number("UID_MAX", 60_000) };
}

/** Whose members may become root, on Debian and on others. */
const rootsGroups = ["root", "sudo", "admin", "wheel"];

/** Why this account is never disabled, or undefined when it may be. */
export function protectionOf(
  { uid, groups }: Account,
  { least, most }: { least: number; most: number },
): string | undefined {
  if (uid < least || uid > most) return `it is no person's account (uid ${uid})`;
  const group = rootsGroups.find((name) => groups.includes(name));
  return group && `it is in the group ${group} and may become root`;
}

/** Whether the account has been shut by somebody before, now in days since 1970. */
export function isShut({ expires }: Account, today: number): boolean {
  return expires !== "" && Number(expires) <= today;
}

/** Whether there is a password that could be used: a lock puts a "!" before it, and no password has a "*". */
export function hasPassword({ password }: Pick<Account, "password">): boolean {
  return password !== "" && !/^[!*]/.test(password);
}

async function rowsOf(path: string): Promise<string[][]> {
  const text = await readFile(path, "utf8");
  return text.split("\n").map((row) => row.split(":"));
}
