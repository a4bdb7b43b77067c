import { Failure } from "../../../core/failure.ts";
import type { BytePath } from "../../entry.ts";
import { bytePath } from "../../name.ts";
import { type Held, readSignLines } from "./sign-lines.ts";

/** A file that a rootkit leaves behind. */
export interface KnownFile {
  /** An absolute path, or the name alone of what may be in any folder. */
  readonly path: BytePath;
  /** Whose it is; from a file of the admin's. */
  readonly rootkit: string;
}

/** OSSEC's rootkit_files.txt: "PATH ! NAME ::LINK", PATH below the root or "*\/NAME" for any folder. OSSEC cuts names at their first blank. */
export function readRootkitFiles(text: string): Held<KnownFile> {
  return readSignLines(text, (line) => {
    const [, path = "", rest = ""] = /^([^!]+)!(.*)$/.exec(line) ?? [];
    const rootkit = rest.split("::")[0]?.trim() ?? "";
    const plain = path.trim().replace(/^\/+/, "");
    if (plain === "" || rootkit === "") {
      throw new Failure("expected PATH ! NAME ::LINK");
    }
    return [{ path: placeOf(plain), rootkit }];
  });
}

function placeOf(path: string): BytePath {
  const anywhere = /^\*\/+([^/*]+)$/.exec(path)?.[1];
  if (anywhere === undefined && path.startsWith("*")) {
    throw new Failure("expected */NAME, a name alone behind it: this matches no file");
  }
  return bytePath(anywhere ?? `/${path}`);
}
