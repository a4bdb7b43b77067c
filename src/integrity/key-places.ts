import { isUtf8 } from "node:buffer";
import { keysAt, keysIn } from "../config/syscheck-defaults.ts";
import type { WatchedDirectory } from "../config/syscheck-settings.ts";
import type { BytePath } from "./entry.ts";
import { nameShown } from "./name.ts";
import { everySaid } from "./rootcheck/checks/settings/sshd-settings.ts";
import { textOf } from "./rootcheck/text-file.ts";

/** Where keys that let somebody log in may lie, besides root's and those in /home. */
export interface KeyPlaces {
  readonly directories: readonly WatchedDirectory[];
  /** What is not among them and should be, each in words. */
  readonly leftOut: readonly string[];
  /** Files and folders by which it is so: when one of them changes, other places may count. */
  readonly sources: ReadonlySet<BytePath>;
}

/** More of each is nobody's: whoever can write these files could have everything watched. */
const mostHomes = 200;
const mostPatterns = 10;
const mostPlaces = 400;
const longestPath = 1024;
/** As much as `textOf` reads. */
const longestFile = 1024 * 1024;

const accounts = "/etc/passwd";
/** In the settings. */
const anyName = "*";
const anyHome = `/home/${anyName}`;
/** Who has one of these as a shell does not get in. */
const noShell = /\/(?:nologin|false|true|sync|halt|shutdown)$/;

/**
 * Reads /etc/passwd for the homes of whoever has a shell, and sshd's settings for `AuthorizedKeysFile`, see sshd_config(5). Both
 * may say anything: what is not a plain path is left out, and said.
 */
export function findKeyPlaces(root: string): KeyPlaces {
  const leftOut: string[] = [];
  const passwd = textOf(root, accounts) ?? "";
  if (passwd.length >= longestFile) leftOut.push(`accounts behind the first MB of ${accounts}`);
  const isUsable = (path: BytePath) => isPlain(path) || !leftOut.push(`"${nameShown(path, 100)}"`);
  const homes = someOf(homesIn(passwd), mostHomes, "homes", leftOut).filter(isUsable);
  const { values, sources } = everySaid(root, "authorizedkeysfile");
  const patterns = someOf(
    patternsIn(values),
    mostPatterns,
    "values of AuthorizedKeysFile",
    leftOut,
  );
  const files = patterns.flatMap((pattern) =>
    filesOf(pattern, ["/root", anyHome, ...homes]).filter(isUsable),
  );
  const directories = [
    ...homes.map((home) => keysIn(textIn(childOf(home, ".ssh")))),
    ...[...new Set(files)].filter(isNotWatchedYet).map((file) => keysAt(textIn(file))),
  ];
  return {
    directories: someOf(directories, mostPlaces, "places of keys", leftOut),
    leftOut,
    sources: new Set([accounts, ...sources]),
  };
}

/** Of whoever has a shell, each once; not those that are watched anyway. */
function homesIn(passwd: string): BytePath[] {
  const homes = passwd.split("\n").flatMap((line) => {
    const fields = line.split(":");
    const [, , , , , home = "", shell = ""] = fields;
    if (fields.length !== 7 || home === "" || noShell.test(shell)) return [];
    return [tidy(home).replaceAll("*", "?")];
  });
  return [...new Set(homes)].filter((home) => !/^\/root$|^\/home\/[^/.][^/]*$/.test(home));
}

/** Several files may stand in one value. */
function patternsIn(values: readonly string[]): string[] {
  const all = values.flatMap((value) => value.split(/\s+/)).map((one) => one.replaceAll('"', ""));
  return [...new Set(all)].filter((one) => one !== "" && one.toLowerCase() !== "none");
}

/** Whose file it is stands in its name as `%u`: any name is watched there. A relative one is below each home. */
function filesOf(pattern: string, homes: readonly BytePath[]): BytePath[] {
  const plain = pattern.replaceAll("*", "?");
  const file = /^(?:\/|%h)/.test(plain) ? plain : `%h/${plain}`;
  const isOfHome = /%h/.test(file);
  return (isOfHome ? homes : [""]).map((home) => {
    const tokens: Readonly<Record<string, string>> = { h: home, u: anyName, U: anyName, "%": "%" };
    // What is no token of sshd's makes no path.
    return tidy(file.replace(/%(.?)/g, (_, token: string) => tokens[token] ?? "\0"));
  });
}

/** /etc is watched as a whole, and so are the usual names. */
function isNotWatchedYet(file: BytePath): boolean {
  return !/^\/etc\/|\/\.ssh\/authorized_keys[^/]*$/.test(file);
}

function isPlain(path: BytePath): boolean {
  const isWhole = path.startsWith("/") && path.length <= longestPath;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are not to be in a path.
  const isText = !/[\u0000-\u001f\u007f]/.test(path) && isUtf8(Buffer.from(path, "latin1"));
  // "*" is ours where it is all of a name.
  const isStrange = /\/\.\.?(?:\/|$)|[?[\]]|[^/]\*|\*[^/]|^\/(?:proc|sys|dev)(?:\/|$)/.test(path);
  return isWhole && isText && !isStrange;
}

function someOf<T>(all: readonly T[], most: number, what: string, leftOut: string[]): readonly T[] {
  if (all.length > most) leftOut.push(`${all.length - most} of ${all.length} ${what}`);
  return all.slice(0, most);
}

function childOf(folder: BytePath, name: string): BytePath {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

function tidy(path: BytePath): BytePath {
  return path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
}

function textIn(path: BytePath): string {
  return Buffer.from(path, "latin1").toString("utf8");
}
