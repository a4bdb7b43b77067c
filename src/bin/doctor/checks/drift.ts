import { Failure } from "../../../core/failure.ts";
import { printable } from "../../../core/printable.ts";
import { loadWithSigns } from "../../sign-notices.ts";
import { type Check, type Finding, note, ok, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

/** Whether the settings on disk are in order and in force, and the program's own files as they were shipped. */
export const drift: Check = async (machine) => [
  ...settingsOf(machine),
  ...inForce(machine),
  ...(await shippedOf(machine)),
];

function settingsOf({ context: { paths } }: Machine): Finding[] {
  try {
    const { notices } = loadWithSigns(paths);
    const many = notices.length === 0 ? "" : `, ${notices.length} notes: stockade config check`;
    return [ok(`the settings are in order${many}`)];
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return [wrong(printable(thrown.message), thrown.hint ?? "stockade config check")];
  }
}

/** A file that changed after the daemon read the settings. */
function inForce(machine: Machine): Finding[] {
  const readAt = machine.status.daemon?.readAt;
  if (readAt === undefined) return [];
  const changed = filesIn(machine, "/etc/stockade").filter(
    (file) => (machine.stat(file)?.mtimeMs ?? 0) > readAt,
  );
  if (changed.length === 0) return [];
  return [
    wrong(
      `${changed.join(", ")} changed and is not in force`,
      "stockade config check && stockade reload",
    ),
  ];
}

const folders = ["", "/rules", "/decoders", "/lists"];

function filesIn({ names, stat }: Machine, root: string): string[] {
  return folders.flatMap((folder) =>
    names(`${root}${folder}`)
      .filter((name) => /\.(?:conf|xml)$/.test(name) || folder === "/lists")
      .map((name) => `${root}${folder}/${name}`)
      .filter((file) => stat(file)?.isFile()),
  );
}

/** Where a package brought the files, dpkg knows what they were; settings may of course differ. */
async function shippedOf({ run, hasSystemd }: Machine): Promise<readonly Finding[]> {
  const known = await run("dpkg", "--verify", "stockade");
  const findings = known.ok ? changedIn(known.output) : [];
  const dropIns = hasSystemd
    ? await run(
        "systemctl",
        "show",
        "--value",
        "--property=DropInPaths",
        "--",
        "stockaded",
        "stockade-respond",
      )
    : undefined;
  const own = dropIns?.ok
    ? dropIns.output.split(/\s+/).filter((path) => path.startsWith("/etc/"))
    : [];
  return [
    ...findings,
    ...(own.length > 0 ? [note(`units have drop-ins of yours: ${own.join(", ")}`)] : []),
  ];
}

/** From what dpkg --verify prints: "??5?????? c /etc/file", the "c" for a file of settings. */
function changedIn(output: string): Finding[] {
  const lines = output.split("\n").flatMap((line) => {
    const [, kind = "", file = ""] = /^\S{9}\s+(c?)\s*(\/.*)$/.exec(line) ?? [];
    return file === "" || kind === "c" ? [] : [file];
  });
  return lines.map((file) =>
    wrong(`${file} is not as it was shipped`, "apt-get install --reinstall stockade"),
  );
}
