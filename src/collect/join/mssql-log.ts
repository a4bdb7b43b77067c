import { type EntryFormat, endedByNext } from "./join-lines.ts";

/** SQL Server's error log: an entry begins with "2026-01-31 10:00:00.12 ", every other line goes on with one. */
export const mssqlLog: EntryFormat = {
  limits: endedByNext,
  step: (line) =>
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(line)
      ? { is: "begin", text: line }
      : { is: "more", text: line.trim() },
};
