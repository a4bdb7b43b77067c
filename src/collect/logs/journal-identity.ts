/** Fields of a journal entry, see systemd.journal-fields(7). Those that begin with "_" only journald sets. */
export type JournalFields = Readonly<Record<string, string | undefined>>;

/**
 * Names the program that wrote an entry, so that nobody can pass for another: SYSLOG_IDENTIFIER is whatever the writer
 * chose, and _COMM, _EXE and _CMDLINE are read after the fact, when the process may have become another. Believed are
 * the kernel's word for the user (SCM_CREDENTIALS) and systemd's for the unit. Root may call itself what it likes; a
 * system service that does not run as root may use its unit's own name; anybody else is "user[UID]", a name that no
 * decoder knows. Of the programs that give users other rights the kernel says who called them: for these _EXE has to do. Who becomes
 * one a moment after he wrote can speak in its name, so nothing is believed that could have an address blocked.
 */
export function programOf(fields: JournalFields): string {
  const identifier = fields["SYSLOG_IDENTIFIER"] ?? "";
  const transport = fields["_TRANSPORT"];
  if (transport === "kernel" || transport === "audit") return transport;
  if (fields["_UID"] === "0") return identifier;
  const unit = serviceOf(fields["_SYSTEMD_UNIT"] ?? "");
  if (unit === undefined) return givesRights(fields) ? identifier : userOf(fields);
  return identifier.split("/", 1)[0] === unit ? identifier : unit;
}

function userOf(fields: JournalFields): string {
  return `user[${fields["_UID"] ?? "unknown"}]`;
}

/** By where Debian has them, and what each calls itself. */
const rightsGivers: Readonly<Record<string, string>> = {
  "/usr/bin/sudo": "sudo",
  "/usr/bin/su": "su",
  "/bin/su": "su",
  "/usr/bin/passwd": "passwd",
  "/usr/bin/chage": "chage",
  "/usr/bin/chfn": "chfn",
  "/usr/bin/chsh": "chsh",
  "/usr/bin/gpasswd": "gpasswd",
  "/usr/bin/newgrp": "newgrp",
};

function givesRights({ _EXE, SYSLOG_IDENTIFIER, MESSAGE = "" }: JournalFields): boolean {
  const own = Object.hasOwn(rightsGivers, _EXE ?? "") ? rightsGivers[_EXE ?? ""] : undefined;
  return own !== undefined && own === SYSLOG_IDENTIFIER && !/\brhost=\S/.test(MESSAGE);
}

/** The name of a system service without instance and type; undefined for all that may run what a user says. */
function serviceOf(unit: string): string | undefined {
  const name = /^([^@]+)(?:@.*)?\.service$/.exec(unit)?.[1];
  return name === undefined || runsUsersPrograms.test(name) ? undefined : name;
}

/** Where PAM does not move them to a session of their own, the programs of users stay in these units. */
const runsUsersPrograms =
  /^(?:user|run-.*|sshd?|sshd-.*|dropbear|cron|crond|cronie|anacron|atd?|(?:serial-|console-|container-)?getty|login|su|sudo|gdm|lightdm|sddm)$/;
