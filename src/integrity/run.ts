import { execFile } from "node:child_process";

/** What a program wrote, one character a byte; or why there is none. */
type Ran =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly reason: string };

/** Runs a program, named by its absolute path, without a shell; `input` is what it reads. Never rejects. */
export type Run = (program: string, args: readonly string[], input?: Buffer) => Promise<Ran>;

const limits = { timeout: 60_000, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const;
const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/** From here on it is xargs(1) that failed, not what it ran, as env(1) and a shell have it too. */
const notRun = 124;

/**
 * The real thing: a program that takes longer than a minute or writes more than 16 MiB is killed. One that complains of
 * some of its arguments has still told of the others, so only one that could not run to its end is no answer.
 */
export const run: Run = (program, args, input) =>
  new Promise((resolve) => {
    const options = { ...limits, cwd: "/", env: environment, encoding: "latin1" as const };
    const { stdin } = execFile(program, [...args], options, (error, output, complaint) => {
      const isRun = typeof error?.code === "number" && error.code < notRun;
      if (!error || isRun) return resolve({ ok: true, output });
      const why = error.killed ? "it took longer than a minute or wrote too much" : error.message;
      const reason = (complaint || `${program}: ${why}`).split("\n")[0] ?? "";
      resolve({ ok: false, reason });
    });
    // It may end before it has read everything.
    stdin?.on("error", () => {});
    stdin?.end(input);
  });
