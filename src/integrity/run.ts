import { execFile } from "node:child_process";

/** What a program wrote, one character a byte; or why there is none. */
type Ran =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly reason: string };

/** Runs a program, named by its absolute path, without a shell. Never rejects. */
export type Run = (program: string, args: readonly string[]) => Promise<Ran>;

const limits = { timeout: 60_000, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const;
const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/**
 * The real thing: a program that takes longer than a minute or writes more than 16 MiB is killed. One that complains of
 * some of its arguments has still told of the others, so only one that could not run to its end is no answer.
 */
export const run: Run = (program, args) =>
  new Promise((resolve) => {
    const options = { ...limits, cwd: "/", env: environment, encoding: "latin1" as const };
    execFile(program, [...args], options, (error, output) => {
      if (!error || typeof error.code === "number") return resolve({ ok: true, output });
      const why = error.killed ? "it took longer than a minute or wrote too much" : error.message;
      resolve({ ok: false, reason: `${program}: ${why.split("\n")[0]}` });
    }).stdin?.destroy();
  });
