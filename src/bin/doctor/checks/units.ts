import { type Check, type Finding, note, orOk, unknown, wrong } from "../finding.ts";

/** What has to be on at a boot. The others are started by these. */
const enabled = [
  "stockade.target",
  "stockaded.service",
  "stockade-respond.service",
  "stockade-execute.socket",
  "stockade-integrity.service",
  "stockade-update-rules.timer",
  "stockade-selftest.timer",
  "stockade-attacker.socket",
  "suricata.service",
];
const properties = "Id,LoadState,ActiveState,UnitFileState,NRestarts,NeedDaemonReload,Result";
/** Since the unit was last started by hand. */
const manyRestarts = 5;

/** systemd's units: there, on, running, enabled, and not started again and again. */
export const units: Check = async ({ hasSystemd, run }) => {
  if (!hasSystemd) return [note("there is no systemd here; stockade supervise keeps it running")];
  const shown = await run("systemctl", "show", `--property=${properties}`, "--", ...enabled);
  if (!shown.ok) return [unknown(`systemd does not answer: ${shown.reason}`, "systemctl status")];
  const findings = shown.output.split("\n\n").map(propertiesIn).flatMap(findingsOf);
  return orOk(findings, `${enabled.length} units are on and enabled`);
};

type Unit = ReadonlyMap<string, string>;

function propertiesIn(text: string): Unit {
  const pairs = text.split("\n").map((line) => line.split("=", 2));
  return new Map(pairs.map(([name = "", value = ""]) => [name, value] as const));
}

function findingsOf(unit: Unit): Finding[] {
  const name = unit.get("Id") ?? "";
  if (unit.get("LoadState") !== "loaded") {
    return [wrong(`${name} is ${unit.get("LoadState")}`, "run the installer again")];
  }
  const restarts = Number(unit.get("NRestarts") ?? 0);
  const stale = unit.get("NeedDaemonReload") === "yes";
  return [
    ...stateOf(name, unit.get("ActiveState") ?? ""),
    ...(isEnabled(unit) ? [] : [wrong(`${name} is not enabled`, `systemctl enable ${name}`)]),
    ...(stale ? [wrong(`${name} was changed on disk`, "systemctl daemon-reload")] : []),
    ...(restarts >= manyRestarts
      ? [wrong(`${name} was started again ${restarts} times`, `journalctl -u ${name}`)]
      : []),
  ];
}

function stateOf(name: string, state: string): Finding[] {
  if (["active", "activating", "reloading"].includes(state)) return [];
  return [wrong(`${name} is ${state}`, `systemctl start ${name}`)];
}

function isEnabled(unit: Unit): boolean {
  return /^(?:enabled|static|alias|generated|indirect)/.test(unit.get("UnitFileState") ?? "");
}
