import { printable } from "../../core/printable.ts";
import type { DaemonStatus } from "../status-file.ts";
import { span } from "./table.ts";

type Source = DaemonStatus["sources"][number];

/** What `stockade status` says of the logs: a row for each, and below them the names of those that are not there. */
export function sourceRows(sources: readonly Source[], now: number): string[][] {
  const absent = sources.filter(isAbsent).map(({ name }) => printable(name));
  return [
    ...sources.filter((source) => !isAbsent(source)).map((source) => rowOf(source, now)),
    ...namesInRows("waiting for", absent),
  ];
}

/** What has never been there, as with a program that is not installed. */
function isAbsent({ state, lines }: Source): boolean {
  return state === "waiting" && lines === 0;
}

function rowOf({ name, state, lines, lastAt, problem }: Source, now: number): string[] {
  // What gives trouble is said below, with what to do.
  const said = state === "waiting" && problem !== undefined ? printable(problem) : "see below";
  const why = problem === undefined ? "" : ` (${said})`;
  const last = lastAt === undefined ? "" : `, last ${span(now - lastAt)} ago`;
  return [printable(name), `${state}${why}, ${lines} lines${last}`];
}

function namesInRows(title: string, names: readonly string[]): string[][] {
  const rows = names.flatMap((_, at) => (at % 3 === 0 ? [names.slice(at, at + 3)] : []));
  return rows.map((row, at) => [at === 0 ? title : "", row.join(", ")]);
}
