import { type ChildProcess, spawn } from "node:child_process";

/** How a program ended. `output` is the beginning of what it printed, on either stream. */
type Called =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly output: string; readonly reason: string };

/** Calls one program with these arguments, as they are. Never rejects. */
export type Call = (program: string, args: readonly string[]) => Promise<Called>;

const maxOutputBytes = 4096;

/** What a program may know of us: nothing but where programs are. */
const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
/** How long output is waited for that is under way when the program has ended. */
const graceMilliseconds = 200;

/**
 * Calls programs without a shell, in a session of their own: after `seconds` the program and all that it has started are
 * killed.
 */
export function caller(seconds: number): Call {
  return (program, args) =>
    new Promise((resolve) => {
      const child = spawn(program, args, {
        cwd: "/",
        env: environment,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      const output = outputOf(child);
      let reason: string | undefined;
      const timer = setTimeout(() => {
        reason = `took longer than ${seconds} s`;
        killAll(child);
      }, seconds * 1000);
      const settle = () => {
        clearTimeout(timer);
        child.stdout.destroy();
        child.stderr.destroy();
        const said = output();
        resolve(
          reason === undefined ? { ok: true, output: said } : { ok: false, output: said, reason },
        );
      };
      child.on("error", (error) => {
        reason = error.message;
        settle();
      });
      child.on("exit", (code, signal) => {
        reason ??= endOf(code, signal);
        // What it has left running in the background may keep its output open for ever.
        setTimeout(settle, graceMilliseconds);
      });
      child.on("close", settle);
    });
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined;
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

/** Reads everything and keeps the beginning: a program that nobody reads from would wait for ever. */
function outputOf({ stdout, stderr }: ChildProcess): () => string {
  const parts: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer) => {
    if (size >= maxOutputBytes) return;
    parts.push(chunk.subarray(0, maxOutputBytes - size));
    size += chunk.length;
  };
  stdout?.on("data", take);
  stderr?.on("data", take);
  return () => Buffer.concat(parts).toString("utf8").trim();
}

function killAll({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended in the same moment.
  }
}
