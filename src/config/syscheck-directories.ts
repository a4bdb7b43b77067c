import { Failure } from "../core/failure.ts";
import { compilePattern } from "../pattern/compile.ts";
import type { Findings } from "./findings.ts";
import { whole } from "./numbers.ts";
import type { WatchedDirectory } from "./syscheck-settings.ts";
import { absolutePath, yesNo } from "./values.ts";
import { type Element, refuse } from "./xml.ts";

type Checks = WatchedDirectory["checks"];
type Draft = { -readonly [K in keyof Omit<WatchedDirectory, "path">]: WatchedDirectory[K] };

/** What `check_all` means. A time and an inode change with every reinstallation of a package and say nothing by themselves. */
export const allChecks: Checks = {
  sum: true,
  size: true,
  owner: true,
  group: true,
  perm: true,
  mtime: false,
  inode: false,
};

/** OSSEC starts with the sum on, so that `check_perm="yes"` alone still reads the file (syscheck-config.c). */
const atFirst: Checks = {
  ...allChecks,
  size: false,
  owner: false,
  group: false,
  perm: false,
};

/** Deeper than any path can be. */
export const anyDepth = 4096;

/** OSSEC takes no more in one element. */
const mostPaths = 64;

/** `<directories>`: a list of paths, and in attributes how they are watched. Attributes count from left to right. */
export function readDirectories(element: Element, findings: Findings): WatchedDirectory[] {
  const { file } = findings;
  const names = Object.entries(element.attributes);
  if (names.length === 0) {
    throw refuse(
      file,
      element,
      "says nothing of how, expected an attribute",
      'as in check_all="yes"',
    );
  }
  const draft: Draft = {
    checks: atFirst,
    realtime: false,
    reportChanges: false,
    restrict: undefined,
    depth: anyDepth,
    tags: [],
  };
  for (const [name, value] of names) {
    findings.attempt(() => {
      const notice = readAttribute(name, value.trim(), draft);
      if (notice !== undefined) findings.note(notice, element);
    }, element);
  }
  const paths = element.text
    .split(",")
    .map((path) => path.trim())
    .filter((path) => path !== "");
  if (paths.length === 0) throw refuse(file, element, "names no folder");
  if (paths.length > mostPaths)
    throw refuse(file, element, `names ${paths.length} folders, expected at most ${mostPaths}`);
  return paths.flatMap((path) => {
    const plain = findings.attempt(() => plainPath(path), element);
    return plain === undefined ? [] : [{ path: plain, ...draft }];
  });
}

function readAttribute(name: string, value: string, draft: Draft): string | undefined {
  const read = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (!read) {
    const hint = `attributes are ${Object.keys(attributes).join(", ")}`;
    throw new Failure(`has the attribute "${name}", which it does not know`, { hint });
  }
  try {
    return read(value, draft);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new Failure(`${name} ${thrown.message}`, { hint: thrown.hint });
  }
}

type Attribute = (value: string, draft: Draft) => string | undefined;

const attributes: Readonly<Record<string, Attribute>> = {
  check_all: (value, draft) => {
    const isOn = yesNo(value);
    const checks = isOn ? allChecks : everything(false);
    draft.checks = checks;
    return undefined;
  },
  check_sum: check("sum"),
  check_sha256sum: check("sum"),
  check_md5sum: inPlaceOf("MD5"),
  check_sha1sum: inPlaceOf("SHA-1"),
  check_size: check("size"),
  check_owner: check("owner"),
  check_group: check("group"),
  check_perm: check("perm"),
  check_mtime: check("mtime"),
  check_inode: check("inode"),
  realtime: (value, draft) => {
    draft.realtime = yesNo(value);
    return undefined;
  },
  report_changes: (value, draft) => {
    draft.reportChanges = yesNo(value);
    return undefined;
  },
  restrict: (value, draft) => {
    compilePattern("match", value);
    draft.restrict = value;
    return undefined;
  },
  recursion_level: (value, draft) => {
    draft.depth = whole(value, 0, anyDepth);
    return undefined;
  },
  no_recurse: (value, draft) => {
    if (yesNo(value)) draft.depth = 0;
    return undefined;
  },
  tags: (value, draft) => {
    draft.tags = value
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== "");
    return undefined;
  },
};

function everything(isOn: boolean): Checks {
  return { sum: isOn, size: isOn, owner: isOn, group: isOn, perm: isOn, mtime: isOn, inode: isOn };
}

function check(name: keyof Checks): Attribute {
  return (value, draft) => {
    draft.checks = { ...draft.checks, [name]: yesNo(value) };
    return undefined;
  };
}

function inPlaceOf(sum: string): Attribute {
  return (value, draft) => {
    if (!yesNo(value)) return undefined;
    draft.checks = { ...draft.checks, sum: true };
    return `asks for ${sum}, which can be forged: files are compared by SHA-256`;
  };
}

/** Without what means nothing in it: "//", a slash at the end. */
function plainPath(path: string): string {
  const parts = absolutePath(path)
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new Failure(`is "${path}", expected a path without ".."`);
  return `/${parts.join("/")}`;
}
