import type { Machine } from "../doctor/machine.ts";

/** What Postfix has logged since a moment, or undefined where it keeps no log that can be read. */
export type MailLog = () => Promise<string | undefined>;

/** Where Postfix writes: the journal, or a file. `since` in milliseconds since 1970. */
export async function openMailLog(machine: Machine, since: number): Promise<MailLog> {
  const file = await logFile(machine);
  if (machine.hasSystemd) return async () => (await journal(machine, since)) ?? machine.read(file);
  // What stands in it before cannot name a mail that is not written yet.
  return async () => machine.read(file);
}

async function logFile({ run }: Machine): Promise<string> {
  const told = await run("postconf", "-h", "maillog_file");
  const file = told.ok ? told.output.trim() : "";
  return file.startsWith("/") && file !== "/dev/stdout" ? file : "/var/log/mail.log";
}

async function journal({ run }: Machine, since: number): Promise<string | undefined> {
  const from = `--since=@${Math.floor(since / 1000) - 1}`;
  const ran = await run("journalctl", "--quiet", "--no-pager", "--facility=mail", from);
  return ran.ok ? ran.output : undefined;
}
