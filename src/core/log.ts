import { printable } from "./printable.ts";

/** What a process says of itself, for the admin. Text from outside is made printable. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Writes one line a message to standard error. Under systemd each begins with the priority that journald reads
 * ("<4>"), see sd-daemon(3); elsewhere with the time and the name of the process. A message that cannot be written is lost.
 */
export function logTo(name: string, write: (text: string) => void, underSystemd: boolean): Log {
  const say = (priority: number, message: string) => {
    const head = underSystemd ? `<${priority}>` : `${new Date().toISOString()} ${name}: `;
    try {
      write(`${head}${printable(message)}\n`);
    } catch {
      // A full disk takes the message, and must not take the protection with it.
    }
  };
  return {
    info: (message) => say(6, message),
    warn: (message) => say(4, message),
    error: (message) => say(3, message),
  };
}
