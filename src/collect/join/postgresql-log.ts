import { type EntryFormat, endedByNext } from "./join-lines.ts";

/**
 * PostgreSQL's own log, whatever its log_line_prefix: within a message the server writes a tab after every line end
 * (elog.c, append_with_tabs), so any line that does not begin with one begins an entry.
 */
export const postgresqlLog: EntryFormat = {
  limits: endedByNext,
  step: (line) =>
    line.startsWith("\t") ? { is: "more", text: line.trimStart() } : { is: "begin", text: line },
};
