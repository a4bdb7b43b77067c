import { posix } from "node:path";
import type { BytePath } from "../../../entry.ts";
import { namesIn } from "../../../glob.ts";
import { nameShown } from "../../../name.ts";
import type { Check, Sign } from "../../check.ts";
import { linesOf, textOf } from "../../text-file.ts";
import { weakness } from "./weakness.ts";

const main = "/etc/sudoers";
const mostFiles = 200;

/** What the images of clouds come with: the one user that they make. */
const ofClouds = [
  /^\/etc\/sudoers\.d\/90-cloud-init-users$/,
  /^\/etc\/sudoers\.d\/google_sudoers$/,
];

/** Who may do everything without a password, and whether sudo asks for one at all: sudoers(5). */
export const sudoAudit: Check = async ({ root }) =>
  sudoersFiles(root).flatMap(([path, lines]) => lines.flatMap((line) => weaknessIn(path, line)));

/** Each file that sudo reads, with its lines; one that goes on in the next is one. */
function sudoersFiles(root: string): [BytePath, string[]][] {
  const files = new Map<BytePath, string[]>();
  const waiting: BytePath[] = [main];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (files.has(path) || files.size >= mostFiles) continue;
    const lines = linesOf((textOf(root, path) ?? "").replace(/\\\r?\n/g, " "));
    files.set(path, lines);
    const from = path;
    waiting.push(...lines.flatMap((line) => includedBy(root, from, line)));
  }
  return [...files];
}

function includedBy(root: string, from: BytePath, line: string): BytePath[] {
  const [, isFolder, name] = /^\s*[#@]include(dir)?\s+"?([^"]+?)"?\s*$/.exec(line) ?? [];
  if (name === undefined || name.includes("%h")) return [];
  const path = posix.resolve(posix.dirname(from), name);
  if (!isFolder) return [path];
  // sudo leaves out names with a dot or a "~" at their end.
  return namesIn(root, path)
    .filter((one) => !one.includes(".") && !one.endsWith("~"))
    .toSorted()
    .map((one) => `${path}/${one}`);
}

function weaknessIn(path: BytePath, line: string): Sign[] {
  if (/^\s*Defaults\b[^#]*!authenticate\b/.test(line)) {
    return [
      weakness(
        `sudo authenticate ${path}`,
        "sudo: asks nobody for a password (Defaults !authenticate)",
        path,
      ),
    ];
  }
  const [, users] =
    /^\s*([^\s#=][^=]*?)\s+\S+\s*=.*\bNOPASSWD\s*:\s*(?:[A-Z_]+\s*:\s*)*ALL\s*(?:[,#]|$)/.exec(
      line,
    ) ?? [];
  if (users === undefined || /^(?:root|Defaults|\w+_Alias\b)/.test(users)) return [];
  if (ofClouds.some((one) => one.test(path))) return [];
  const who = nameShown(users, 100);
  const what = `sudo: ${who} may do everything without a password (NOPASSWD: ALL)`;
  return [weakness(`sudo nopasswd ${users}`, what, path)];
}
