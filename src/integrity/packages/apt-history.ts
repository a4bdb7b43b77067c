import { printable } from "../../core/printable.ts";
import { eachLogLine } from "./log-files.ts";
import { localTime, type PackageAction } from "./transaction.ts";

/** An entry of apt's history.log. */
export interface Run {
  readonly from: number;
  /** Absent while it runs, and where it was ended before it could say so. */
  readonly to: number | undefined;
  readonly commandLine: string;
  readonly requestedBy: string | undefined;
  readonly packages: readonly PackageAction[];
}

/** Of what others write into a log; more of a command line nobody reads. */
const mostRuns = 500;
const mostPackages = 5_000;
const longestCommand = 300;

const actions = new Map<string, PackageAction["action"]>([
  ["Install", "install"],
  ["Upgrade", "upgrade"],
  ["Downgrade", "downgrade"],
  ["Reinstall", "reinstall"],
  ["Remove", "remove"],
  ["Purge", "purge"],
]);

/** Reads apt's history back to `since`: paragraphs that begin with `Start-Date:` and end with `End-Date:`. */
export async function readAptHistory(path: string, since: number): Promise<Run[]> {
  const runs: Run[] = [];
  let isOpen = false;
  await eachLogLine(path, since, (line) => {
    const [, field = "", value = ""] = /^([A-Z][A-Za-z-]+): (.*)$/.exec(line) ?? [];
    const last = runs.at(-1);
    if (field === "Start-Date") isOpen = begin(runs, localTime(value.trim()));
    else if (isOpen && last) runs[runs.length - 1] = { ...last, ...said(field, value, last) };
  });
  return runs.filter((run) => run.from >= since);
}

/** Adds an entry, if it says when it began. */
function begin(runs: Run[], from: number | undefined): boolean {
  if (from === undefined) return false;
  runs.push(begun(from));
  if (runs.length > mostRuns) runs.shift();
  return true;
}

function begun(from: number): Run {
  return { from, to: undefined, commandLine: "", requestedBy: undefined, packages: [] };
}

function said(field: string, value: string, run: Run): Partial<Run> {
  const action = actions.get(field);
  if (action) {
    const packages = [...run.packages, ...packagesIn(value, action)].slice(0, mostPackages);
    return { packages };
  }
  if (field === "Commandline") return { commandLine: shownCommand(value) };
  if (field === "Requested-By") return { requestedBy: shownCommand(value).split(" ")[0] };
  return field === "End-Date" ? { to: localTime(value.trim()) } : {};
}

function shownCommand(value: string): string {
  const text = Buffer.from(value, "latin1").toString("utf8").trim();
  const short = text.length > longestCommand ? `${text.slice(0, longestCommand)}…` : text;
  return printable(short);
}

/** `libc6:amd64 (2.36-9, 2.36-10), adduser:amd64 (3.134, automatic)` */
function packagesIn(value: string, action: PackageAction["action"]): PackageAction[] {
  return [...value.matchAll(/([a-z0-9][a-z0-9+.-]*):([a-z0-9-]+) \(([^)]*)\)/g)].map(
    ([, name = "", , versions = ""]) => {
      const [first, second] = versions.split(", ").filter((one) => one !== "automatic");
      const isNew = action === "install";
      const [from, to] = isNew ? [undefined, first] : [first, second];
      // apt writes the server's own architecture for packages that have none.
      return { package: name, architecture: undefined, action, from, to };
    },
  );
}
