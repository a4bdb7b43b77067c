import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";

/** What a program wrote, one character a byte; or why there is none: `isTooLong`, that it wrote too much. */
type Ran =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly reason: string; readonly isTooLong?: boolean };

/** Runs a program, named by its absolute path, without a shell; `input` is what it reads. Never rejects. */
export type Run = (program: string, args: readonly string[], input?: Buffer) => Promise<Ran>;

const limits = { timeout: 60_000, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const;
const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

const tooLong = "ERR_CHILD_PROCESS_STDIO_MAXBUFFER";

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
      resolve({ ok: false, reason, ...limitOf(error) });
    });
    // It may end before it has read everything.
    stdin?.on("error", () => {});
    stdin?.end(input);
  });

function limitOf({ code }: { readonly code?: unknown }): { isTooLong?: true } {
  return code === tooLong ? { isTooLong: true } : {};
}

/** The MD5 of what a program wrote, in hexadecimal; or why there is none. */
type Sum =
  | { readonly ok: true; readonly md5: string }
  | { readonly ok: false; readonly reason: string };

/** A complaint has no more characters that anybody reads. */
const mostSaid = 200;

/**
 * Runs a program, the first of these words, and sums up what it writes, however long that is; beyond these bounds it is killed. One that
 * does not end with 0 has no sum. It may write below /dev/shm, the one place that is left to this process. Never rejects.
 */
export function sumOf(
  [program = "", ...args]: readonly string[],
  most: { readonly milliseconds: number; readonly bytes: number },
): Promise<Sum> {
  const env = { ...environment, TMPDIR: "/dev/shm" };
  const md5 = createHash("md5");
  let [size, said] = [0, ""];
  return new Promise((resolve) => {
    const failed = (reason: string) => resolve({ ok: false, reason });
    const stdio = ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"];
    const timeout = { timeout: most.milliseconds, killSignal: "SIGKILL" } as const;
    const child = spawn(program, args, { cwd: "/", env, stdio, ...timeout });
    child.stdout.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size > most.bytes) child.kill("SIGKILL");
      md5.update(piece);
    });
    child.stderr.on("data", (piece: Buffer) => {
      if (said.length < mostSaid) said += piece.toString("utf8");
    });
    child.on("error", ({ message }) => failed(message));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve({ ok: true, md5: md5.digest("hex") });
      const why = signal ? "it took too long or wrote too much" : `exit ${code}`;
      failed((said || why).split("\n")[0]?.slice(0, mostSaid) ?? "");
    });
  });
}
