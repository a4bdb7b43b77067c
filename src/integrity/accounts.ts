import { readFileSync } from "node:fs";
import { type AccountChanges, changesOf } from "./account-changes.ts";
import {
  type AccountFile,
  accountFiles,
  type KeptLine,
  lineOf,
  type ReadLine,
} from "./account-lines.ts";
import type { BytePath } from "./entry.ts";
import { below, fsPath } from "./name.ts";

const noChanges: AccountChanges = { said: [], likeRoot: [] };

/** What is kept of a file: which version it is, and its lines by name. */
interface KeptFile {
  readonly sha256: string;
  readonly lines: Readonly<Record<string, KeptLine>>;
}
type KeptAccounts = Readonly<Record<string, KeptFile>>;

export interface AccountFiles {
  /**
   * Whether all that happened to this file since the version with that checksum is that accounts and groups of services came (or
   * went, where that may be): none of them is root or can log in, and no one who was there can do more.
   */
  isSystemOnly(path: BytePath, sha256: string | undefined, mayRemove: boolean): boolean;
  /** Who came, went or was changed in this file since it was remembered. */
  changes(path: BytePath): AccountChanges;
  /** Takes these files, or else all, as they are now for what is known: of another that changed meanwhile it is not told yet. */
  remember(paths?: readonly BytePath[]): KeptAccounts;
}

interface Parts {
  readonly root: string;
  /** What `remember` gave last; nothing at first. */
  readonly kept: KeptAccounts | undefined;
  /** A secret of this process: without it the checksums of shadow's lines tell nobody anything. */
  readonly key: Buffer;
  readonly sha256: (text: Buffer) => string;
}

/** Remembers who had an account, without keeping a password, so that a package's new account can be told from any other change. */
export function openAccounts({ root, kept = {}, key, sha256 }: Parts): AccountFiles {
  let known = kept;
  const { rowsOf, linesOf, keptOf } = openFiles({ root, key, sha256 });
  return {
    isSystemOnly(path, before, mayRemove) {
      const file = fileOf(path);
      const base = known[`/etc/${file}`];
      // A backup ("passwd-") is an earlier version of its file: compared with that one.
      const isBackup = path.endsWith("-");
      if (!file || !base || (!isBackup && base.sha256 !== before)) return false;
      const services = serviceNames(rowsOf("/etc/passwd"), rowsOf("/etc/shadow"));
      const now = linesOf(path, file);
      if (!now.every((line) => isUnsuspicious(line, base, { file, services }))) return false;
      const gone = Object.entries(base.lines).filter(
        ([name]) => !now.some((one) => one.name === name),
      );
      return isBackup || gone.length === 0 || (mayRemove && mayGo(gone, file, rowsOf));
    },
    changes(path) {
      const file = fileOf(path);
      const base = known[path];
      return file && base ? changesOf(file, base.lines, linesOf(path, file)) : noChanges;
    },
    remember(paths = everyPath) {
      const taken = accountFiles
        .filter((file) => paths.includes(`/etc/${file}`))
        .flatMap((file) => keptOf(`/etc/${file}`, file) ?? []);
      known = { ...known, ...Object.fromEntries(taken) };
      return known;
    },
  };
}

/** Reads the files of accounts; one that is not there is empty. */
function openFiles({ root, key, sha256 }: Omit<Parts, "kept">) {
  const read = (path: BytePath) => {
    try {
      return readFileSync(fsPath(below(root, path)));
    } catch {
      return undefined;
    }
  };
  const rowsOf = (path: BytePath) =>
    (read(path)?.toString("latin1") ?? "").split("\n").map((line) => line.split(":"));
  const linesOf = (path: BytePath, file: AccountFile) =>
    (read(path)?.toString("latin1") ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => lineOf(line, file, key));
  const keptOf = (path: BytePath, file: AccountFile): [[string, KeptFile]] | undefined => {
    const content = read(path);
    if (!content) return undefined;
    const lines = Object.fromEntries(linesOf(path, file).map(keptLine));
    return [[path, { sha256: sha256(content), lines }]];
  };
  return { rowsOf, linesOf, keptOf };
}

/** Files that only add to another one: what is no more in that has no more to say. */
const leftIn: Partial<Record<AccountFile, BytePath>> = {
  shadow: "/etc/passwd",
  gshadow: "/etc/group",
  subuid: "/etc/passwd",
  subgid: "/etc/passwd",
};

function mayGo(
  gone: readonly [string, KeptLine][],
  file: AccountFile,
  rowsOf: (path: BytePath) => readonly string[][],
): boolean {
  const whole = leftIn[file];
  if (whole === undefined) return gone.every(([, { id }]) => isSystemId(id));
  const left = new Set(rowsOf(whole).map(([name]) => name));
  return gone.every(([name]) => !left.has(name));
}

const everyPath = accountFiles.map((file) => `/etc/${file}`);

function keptLine({ name, head, id, members }: ReadLine): [string, KeptLine] {
  return [name, { head, id, members }];
}

function fileOf(path: BytePath): AccountFile | undefined {
  const name = /^\/etc\/([a-z]+)-?$/.exec(path)?.[1];
  return accountFiles.find((one) => one === name);
}

interface Rules {
  readonly file: AccountFile;
  readonly services: ReadonlySet<string>;
}

/** Groups whose members can do what root can, or nearly. */
const powerful = new Set(
  "root sudo wheel admin adm shadow disk kmem docker lxd libvirt staff systemd-journal".split(" "),
);

function isUnsuspicious(line: ReadLine, base: KeptFile, rules: Rules): boolean {
  const known = base.lines[line.name];
  if (known === undefined) return isService(line, rules);
  if (known.head !== line.head) return false;
  const joined = line.members.filter((one) => !known.members.includes(one));
  if (joined.length > 0 && powerful.has(line.name)) return false;
  return joined.every((one) => rules.services.has(one));
}

/** Whether a new line is that of a service: no way to log in, no power. */
function isService({ fields, id, members }: ReadLine, { file, services }: Rules): boolean {
  const [name = "", password = ""] = fields;
  switch (file) {
    case "passwd":
      return services.has(name) && isSystemId(id);
    case "shadow":
      return fields.length === 9 && /^[!*]+$/.test(password);
    case "group":
      return isSystemId(id) && members.every((one) => services.has(one));
    case "gshadow":
      return /^[!*]*$/.test(password) && members.every((one) => services.has(one));
    default:
      return fields.length === 3 && fields.slice(1).every(isNumber) && Number(fields[1]) >= nobodys;
  }
}

/** From here on no account has its number: whoever is lent one below, see newuidmap(1), is that account. */
const nobodys = 65_536;

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}

function isSystemId(id: number | undefined): boolean {
  return id !== undefined && id > 0 && (id < 1000 || id === 65_534);
}

/** Accounts that nobody can log in to with a password, each with a number of its own. */
function serviceNames(
  passwd: readonly string[][],
  shadow: readonly string[][],
): ReadonlySet<string> {
  const locked = new Set(
    shadow.flatMap(([name = "", word = ""]) => (/^[!*]+$/.test(word) ? [name] : [])),
  );
  const names = passwd.flatMap(([name = "", word = "", uid = "", , , , shell = ""]) => {
    const isAlone = passwd.filter((row) => row[2] === uid).length === 1;
    const isShut = /\/(?:nologin|false|sync)$/.test(shell) || (word === "x" && locked.has(name));
    return isAlone && /^[x*!]+$/.test(word) && isShut && isSystemId(Number(uid)) ? [name] : [];
  });
  return new Set(names);
}
