import * as z from "zod";

/** Formats whose entries are one line each. `generic`, `iis` and `syslog-pipe` are OSSEC's other names for `syslog`. */
const lineFormats = [
  "syslog",
  "snort-fast",
  "apache",
  "squid",
  "nmapg",
  "djb-multilog",
  "json",
  "eve",
  "journald",
] as const;

/** Formats whose entries may have several lines. */
const entryFormats = [
  "snort-full",
  "mysql_log",
  "postgresql_log",
  "mssql_log",
  "multi-line_indented",
  "audit",
  "modsec-audit",
  "ossecalert",
] as const;

const followed = {
  /** A path, which may hold `*`, `?`, `[…]` and strftime(3)'s `%`; for the journal a name that programs call themselves. */
  location: z.string().min(1),
  /** Whether what was written while nobody read is left out. */
  onlyFutureEvents: z.literal(true).optional(),
};

/** `<localfile>`: one log, or the logs of one pattern, or a command whose output is a log. */
export const LocalFile = z.discriminatedUnion("logFormat", [
  z.strictObject({ logFormat: z.enum([...lineFormats, ...entryFormats]), ...followed }),
  z.strictObject({
    logFormat: z.literal("multi-line"),
    /** How many lines make an entry. */
    lines: z.number().int().min(1),
    ...followed,
  }),
  z.strictObject({
    logFormat: z.literal("multi-line-regex"),
    /** What the first line of an entry matches. */
    begin: z.string().min(1),
    dialect: z.enum(["match", "regex", "pcre2"]),
    /** Where it stands: "file:line". */
    at: z.string(),
    ...followed,
  }),
  z.strictObject({
    logFormat: z.enum(["command", "full_command"]),
    /** What its events say they come from: the alias, or the command itself. */
    location: z.string().min(1),
    command: z.string().min(1),
    /** From one start to the next. */
    seconds: z.number().int().min(1),
  }),
]);
export type LocalFile = z.infer<typeof LocalFile>;
export type CommandLog = Extract<LocalFile, { command: string }>;
export type FollowedLog = Exclude<LocalFile, CommandLog>;

export function isCommandLog(log: LocalFile): log is CommandLog {
  return "command" in log;
}

export function isFollowedLog(log: LocalFile): log is FollowedLog {
  return !isCommandLog(log);
}

/** Every name that `<log_format>` may have, but for Windows' own and the ones with a number. */
export const logFormatNames: readonly string[] = [
  "generic",
  "iis",
  "syslog-pipe",
  ...lineFormats,
  ...entryFormats,
  "multi-line-regex",
  "command",
  "full_command",
];
