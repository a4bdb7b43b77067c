import { eachLogLine } from "./log-files.ts";
import { localTime, type PackageAction } from "./transaction.ts";

/** A line of dpkg.log that says what is done to a package. */
export interface Done {
  readonly at: number;
  readonly action: PackageAction;
}

/** More nobody does in the time that is looked at; of forged or broken logs the rest is left out. */
const mostLines = 50_000;

const actions = new Map<string, PackageAction["action"]>([
  ["install", "install"],
  ["upgrade", "upgrade"],
  ["remove", "remove"],
  ["purge", "purge"],
  ["trigproc", "trigger"],
  ["configure", "configure"],
]);

/** Reads dpkg's log back to `since`. Lines that are none of dpkg's are left out; a half one is no line. */
export async function readDpkgLog(path: string, since: number): Promise<Done[]> {
  const all: Done[] = [];
  await eachLogLine(path, since, (line) => {
    const done = doneIn(line);
    if (!done || done.at < since) return;
    all.push(done);
    if (all.length > mostLines) all.shift();
  });
  return all;
}

/** `2026-11-22 15:09:55 upgrade libc6:amd64 2.36-9 2.36-10` */
function doneIn(line: string): Done | undefined {
  const [, time = "", word = "", name = "", from = "", to = ""] =
    /^(\S{10} \S{8}) (install|upgrade|remove|purge|trigproc|configure) ([a-z0-9][a-z0-9+.:-]*) (\S+) (\S+)$/.exec(
      line,
    ) ?? [];
  const at = localTime(time);
  const action = actions.get(word);
  if (at === undefined || action === undefined) return undefined;
  const [bare = "", architecture] = name.split(":");
  const versions = { from: versionOf(from), to: versionOf(to) };
  const again = action === "upgrade" && from === to ? "reinstall" : action;
  return { at, action: { package: bare, architecture, action: again, ...versions } };
}

/** dpkg writes `<none>` for no version. */
function versionOf(text: string): string | undefined {
  return /^[0-9A-Za-z.+:~-]{1,200}$/.test(text) ? text : undefined;
}
