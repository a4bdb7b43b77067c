import { type Check, type Finding, orOk, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

/** Who may speak to the privileged processes: their sockets and their modes. */
const sockets = [
  ["/run/stockade/respond.sock", 0o660],
  ["/run/stockade/respond-root.sock", 0o600],
] as const;

/** The sockets are there, and nobody else may write to them. */
export const socketsCheck: Check = (machine) =>
  orOk(
    [...sockets, ...executor(machine)].flatMap(([path, mode]) => findingsOf(machine, path, mode)),
    "the sockets are there, with the modes they should have",
  );

function executor({ hasSystemd }: Machine) {
  return hasSystemd ? ([["/run/stockade/execute.sock", 0o660]] as const) : [];
}

function findingsOf({ stat, hasSystemd }: Machine, path: string, most: number): Finding[] {
  const found = stat(path);
  const restart = hasSystemd
    ? "systemctl restart stockade-respond stockade-execute.socket"
    : "stockade restart";
  if (!found?.isSocket()) return [wrong(`${path} is not there`, restart)];
  const mode = found.mode & 0o777;
  if ((mode & ~most) === 0) return [];
  return [wrong(`${path} has mode ${mode.toString(8)}, expected ${most.toString(8)}`, restart)];
}
