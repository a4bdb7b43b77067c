import { reasonOf } from "../core/failure.ts";

/** "ENOENT", "EACCES", …; undefined for what is no fault of the file system. */
export function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}

/** The reason alone: node:fs ends its messages with the path, which is no text yet. */
export function faultOf(thrown: unknown): string {
  return reasonOf(thrown).split(/, [a-z]+(?: '|$)/)[0] ?? "";
}
