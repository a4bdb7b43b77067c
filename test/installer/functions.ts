import { readFileSync } from "node:fs";

/** What a script of the server defines, without what it does. Its last line calls `main`; nothing of that is run by a test. */
export function functionsOf(script: string): string {
  const text = readFileSync(`installer/server/${script}`, "utf8");
  const functions = text.replace(/\nmain( "\$@")?\n$/, "\n");
  if (functions === text) throw new Error(`${script} does not end with its main`);
  return functions;
}
