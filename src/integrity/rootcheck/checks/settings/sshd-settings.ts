import type { BytePath } from "../../../entry.ts";
import { expandGlob, globOf } from "../../../glob.ts";
import { linesOf, textOf } from "../../text-file.ts";

/** What holds of an option, and the file that says it. */
export interface SshdSetting {
  readonly value: string;
  readonly file: BytePath;
}

const main = "/etc/ssh/sshd_config";
/** sshd stops there, too (servconf.c). */
const deepest = 16;
const mostFiles = 200;

/**
 * What sshd goes by for everybody: sshd_config(5), with what `Include` brings at its place. The first word on an option
 * holds, what stands in a `Match` is for some only. Undefined where there is no sshd.
 */
export function sshdSettings(root: string): ReadonlyMap<string, SshdSetting> | undefined {
  if (textOf(root, main) === undefined) return undefined;
  const found = new Map<string, SshdSetting>();
  for (const { name, value, file } of saidIn(root, main, 0, { files: mostFiles })) {
    if (!found.has(name)) found.set(name, { value, file });
  }
  return found;
}

interface Option {
  readonly name: string;
  readonly value: string;
}
type Said = Option & SshdSetting;
/** How many more files are read. */
interface Left {
  files: number;
}

/** What a file says for everybody, and the files that it includes, in their order. */
function* saidIn(root: string, file: BytePath, depth: number, left: Left): Generator<Said> {
  left.files -= 1;
  const text = left.files < 0 ? undefined : textOf(root, file);
  for (const { name, value } of forAll(linesOf(text ?? "").flatMap(optionIn))) {
    if (name === "include") yield* saidByIncluded(root, value, depth + 1, left);
    else yield { name, value, file };
  }
}

function* forAll(options: readonly Option[]): Generator<Option> {
  let isForSome = false;
  for (const option of options) {
    if (option.name === "match") isForSome = option.value.toLowerCase() !== "all";
    else if (!isForSome) yield option;
  }
}

function* saidByIncluded(root: string, value: string, depth: number, left: Left): Generator<Said> {
  if (depth > deepest) return;
  for (const path of includedBy(root, value)) yield* saidIn(root, path, depth, left);
}

/** "Name value", "Name=value", quotes around the value, "#" begins a comment. */
function optionIn(line: string): Option[] {
  const [, name, rest = ""] = /^\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? [];
  if (name === undefined) return [];
  const value = rest
    .replace(/(?:^|\s)#.*$/, "")
    .trim()
    .replace(/^"([^"]*)"$/, "$1");
  return [{ name: name.toLowerCase(), value }];
}

/** In the order of their names, as glob(3) gives them; a relative one is below /etc/ssh. */
function includedBy(root: string, value: string): BytePath[] {
  return value
    .split(/\s+/)
    .map((part) => part.replaceAll('"', ""))
    .filter((part) => part !== "" && !part.includes(".."))
    .flatMap((part) => {
      const text = Buffer.from(part.startsWith("/") ? part : `/etc/ssh/${part}`, "latin1");
      return expandGlob(root, globOf(text.toString("utf8"))).paths.toSorted();
    });
}
