import { type EntryFormat, endedByNext } from "./join-lines.ts";

// MySQL since 5.7 "2026-01-31T10:00:00.123456Z", MariaDB "2026-01-31  9:00:00", both once "260131  9:00:00".
const time =
  /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)|(?:\d{4}-\d\d-\d\d|\d{6}) {1,2}\d{1,2}:\d\d:\d\d)(?=[ \t])/;
// In the general log what follows within a second: "\t\t     8 Query\t…".
const sameTime = /^\t\t *(?=\d+ [A-Z])/;

/**
 * The error log and the general log of MySQL and MariaDB, as OSSEC words them: "MySQL log: TIME text", where lines
 * without a time of their own have the last one. Any other line belongs to the entry before it.
 */
export function mysqlLog(): EntryFormat {
  let lastTime = "";
  const begin = (text: string) =>
    ({ is: "begin", text: `MySQL log: ${lastTime} ${text.trimStart()}` }) as const;
  return {
    limits: endedByNext,
    step(line) {
      const [own] = time.exec(line) ?? [];
      if (own !== undefined) {
        lastTime = own;
        return begin(line.slice(own.length));
      }
      if (lastTime !== "" && sameTime.test(line)) return begin(line);
      return { is: "more", text: line.trim() };
    },
  };
}
