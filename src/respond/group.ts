import { readFile } from "node:fs/promises";

/** The number of a group by /etc/group, see group(5), or undefined when there is none of that name. */
export async function groupNumber(name: string, path = "/etc/group"): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const row = text.split("\n").find((line) => line.startsWith(`${name}:`));
  const number = row?.split(":")[2] ?? "";
  return /^\d+$/.test(number) ? Number(number) : undefined;
}
