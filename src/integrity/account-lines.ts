import { createHmac } from "node:crypto";

/** The files in which accounts and groups are, see passwd(5), shadow(5), group(5), gshadow(5), subuid(5). */
export const accountFiles = ["passwd", "shadow", "group", "gshadow", "subuid", "subgid"] as const;
export type AccountFile = (typeof accountFiles)[number];

/** What is kept of a line: no text, for there are passwords in it; a keyed checksum of it, and who are in the group. */
export interface KeptLine {
  readonly head: string;
  readonly id?: number | undefined;
  readonly members: readonly string[];
}

/** A line as it stands there. */
export interface ReadLine extends KeptLine {
  readonly name: string;
  readonly fields: readonly string[];
}

/** Reads a line; `key` is a secret, so that its checksum tells nobody anything. */
export function lineOf(line: string, file: AccountFile, key: Buffer): ReadLine {
  const fields = line.split(":");
  const hasMembers = file === "group" || file === "gshadow";
  const head = hasMembers ? fields.slice(0, 3).join(":") : line;
  const number = fields[2] ?? "";
  return {
    name: fields[0] ?? "",
    fields,
    head: createHmac("sha256", key).update(`${file}:${head}`, "latin1").digest("base64url"),
    id:
      (file === "passwd" || file === "group") && /^\d+$/.test(number) ? Number(number) : undefined,
    members: hasMembers ? (fields[3] ?? "").split(",").filter((one) => one !== "") : [],
  };
}
