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
  for (const { name, value, file } of saidIn(root, main, 0, newReading(forAll))) {
    if (!found.has(name)) found.set(name, { value, file });
  }
  return found;
}

/**
 * All that is said of an option (in small letters), for everybody or for some, and the files and folders that say so: whoever
 * adds one or changes one may say something else.
 */
export function everySaid(
  root: string,
  option: string,
): { readonly values: readonly string[]; readonly sources: ReadonlySet<BytePath> } {
  const reading = newReading((options) => options);
  const said = [...saidIn(root, main, 0, reading)].filter(({ name }) => name === option);
  return { values: said.map(({ value }) => value), sources: reading.sources };
}

interface Option {
  readonly name: string;
  readonly value: string;
}
type Said = Option & SshdSetting;
interface Reading {
  /** How many more files are read. */
  left: number;
  readonly sources: Set<BytePath>;
  /** What of a file counts. */
  readonly pick: (options: readonly Option[]) => Iterable<Option>;
}

function newReading(pick: Reading["pick"]): Reading {
  return { left: mostFiles, sources: new Set(), pick };
}

/** What a file says, and the files that it includes, in their order. */
function* saidIn(root: string, file: BytePath, depth: number, reading: Reading): Generator<Said> {
  reading.left -= 1;
  if (reading.left < 0) return;
  reading.sources.add(file);
  for (const { name, value } of reading.pick(linesOf(textOf(root, file) ?? "").flatMap(optionIn))) {
    if (name === "include") yield* saidByIncluded(root, value, depth + 1, reading);
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

function* saidByIncluded(
  root: string,
  value: string,
  depth: number,
  reading: Reading,
): Generator<Said> {
  if (depth > deepest) return;
  for (const { paths, passed } of includedBy(root, value)) {
    const folder = passed.at(-1);
    if (folder !== undefined && reading.sources.size < 2 * mostFiles) reading.sources.add(folder);
    for (const path of paths.toSorted()) yield* saidIn(root, path, depth, reading);
  }
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
function includedBy(root: string, value: string): ReturnType<typeof expandGlob>[] {
  return value
    .split(/\s+/)
    .map((part) => part.replaceAll('"', ""))
    .filter((part) => part !== "" && !part.includes(".."))
    .map((part) => {
      const text = Buffer.from(part.startsWith("/") ? part : `/etc/ssh/${part}`, "latin1");
      return expandGlob(root, globOf(text.toString("utf8")));
    });
}
