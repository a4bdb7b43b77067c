import { existsSync, readFileSync } from "node:fs";
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

/** The text of a file, or a `Failure` that says why it cannot be read. */
export function readText(file: string): string {
  if (!existsSync(file)) {
    throw new Failure(`cannot find ${file}`, {
      hint: "run the installer, or name the file with --config",
      exitCode: 66,
    });
  }
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Failure(`cannot read ${file}: ${reasonOf(cause)}`, {
      hint: "run this as root",
      exitCode: 77,
      cause,
    });
  }
}
