import { cutLines, maxLineLength } from "./logs/lines.ts";

/** What stands before the output of a command, as OSSEC words it; rules look for it. It cuts that, too. */
const headOf = (label: string, end: string) => `ossec: output: '${label}':${end}`.slice(0, 255);

const mostLines = 10_000;
const newline = 0x0a;

/** "ossec: output: 'LABEL': line" for each line, empty ones included. */
export function eachLine(output: Buffer, label: string): string[] {
  const head = headOf(label, " ");
  const isEnded = output.length === 0 || output.at(-1) === newline;
  const bytes = isEnded ? output : Buffer.concat([output, Buffer.of(newline)]);
  // Asked for lengths it leaves out no empty line.
  return cutLines()
    .push(bytes, [])
    .slice(0, mostLines)
    .map((line) => head + line);
}

/** "ossec: output: 'LABEL':" and below it all lines, none of them empty; nothing for no output. */
export function allLines(output: Buffer, label: string): string[] {
  if (output.length === 0) return [];
  const text = output.toString("utf8").replaceAll("\r", "").replaceAll("\n\n", "\n");
  return [(headOf(label, "\n") + text.replace(/\n$/, "")).slice(0, maxLineLength)];
}
