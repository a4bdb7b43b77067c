import type { Finding } from "../../core/finding.ts";
import { printable } from "../../core/printable.ts";
import { nameShown } from "../../integrity/name.ts";
import type { Maintenance } from "../../integrity/window.ts";
import { localTime } from "../commands/table.ts";

type Window = NonNullable<ReturnType<Maintenance["over"]>>;

const mostNamed = 45;

/** The one word on all that changed while nothing was told. */
export function windowFinding({ since, why, changes, named }: Window, at: number): Finding {
  const reason = why === "" ? "" : `: ${printable(why)}`;
  const more = changes > Math.min(named.length, mostNamed);
  const lines = [
    `maintenance is over, ${changes === 1 ? "1 change" : `${changes} changes`} taken in${reason}`,
    ...named.slice(0, mostNamed).map(([path, action]) => ` ${action} ${nameShown(path, 200)}`),
    ...(more ? [`… all of them: stockade integrity history --since "${localTime(since)}"`] : []),
  ];
  return {
    at,
    decoder: "integrity_maintenance",
    location: "syscheck",
    text: lines.join("\n"),
    fields: { id: `${changes}` },
  };
}
