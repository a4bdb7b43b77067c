import { readdirSync, readFileSync, statSync } from "node:fs";
import { Failure, reasonOf } from "../core/failure.ts";
import { readSections } from "./sections.ts";
import { Settings } from "./settings.ts";
import { type Notice, parseXml } from "./xml.ts";

/**
 * Reads the settings file: OSSEC's `ossec.conf` language below `<stockade_config>` or `<ossec_config>`.
 * Start-up, reload and `stockade config check` all go through here. Throws a `Failure` with file, line, what was found
 * and what was expected. `notices` name what the file asks for and Stockade does not do.
 */
export function loadSettings(file: string): { settings: Settings; notices: Notice[] } {
  const { draft, notices } = readSections(parseXml(readText(file), file), file);
  const result = Settings.safeParse(draft);
  if (result.success) return { settings: result.data, notices };
  const [issue] = result.error.issues;
  throw new Failure(`${file}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/**
 * The text of a settings or rule file, or a `Failure` that says why it cannot be read. What is no file, has more than
 * `maxBytes` or holds a zero byte is no such file.
 */
export function readText(file: string): string {
  return readOrFail(file, () => {
    const stats = statSync(file);
    if (!stats.isFile()) throw new Failure(`${file} is no file`);
    if (stats.size > maxBytes) {
      throw new Failure(`${file} has ${stats.size} bytes, expected at most ${maxBytes}`);
    }
    const text = readFileSync(file, "utf8");
    const zero = text.indexOf("\0");
    if (zero < 0) return text;
    const line = text.slice(0, zero).split("\n").length;
    throw new Failure(`${file}:${line}: a zero byte: this is no text file`);
  });
}

/** Reading XML takes about sixty times its size in memory, and small servers have little. */
const maxBytes = 2 * 1024 * 1024;

/** The names in a folder, in their order; none where the folder is absent. A `Failure` where it cannot be read. */
export function namesIn(folder: string): string[] {
  return readOrFail(folder, () => readdirSync(folder).sort(), []);
}

function readOrFail<T>(path: string, read: () => T, whenAbsent?: T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== "ENOENT") {
      const hint = `${path} must be readable by root and by the group stockade`;
      throw new Failure(`cannot read ${path}: ${reasonOf(cause)}`, { hint, exitCode: 77, cause });
    }
    if (whenAbsent !== undefined) return whenAbsent;
    const hint = "run the installer, or name another place with --root";
    throw new Failure(`cannot find ${path}`, { hint, exitCode: 66, cause });
  }
}
