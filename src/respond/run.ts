import { execFile } from "node:child_process";

/** How a program ended. `reason` names the program and the first line of what it complained about. */
type Ran =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly reason: string; readonly isLate?: true };

/** Runs one program, named by its absolute path, without a shell. Never rejects. */
export type Run = (program: string, args: readonly string[], input?: string) => Promise<Ran>;

const limits = { timeout: 10_000, killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024 } as const;

// iptables may start modprobe; nothing else of ours or of the caller's environment is theirs to know.
const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/** The real thing. A program that takes longer than 10 seconds is killed. */
export const run: Run = (program, args, input = "") =>
  new Promise((resolve) => {
    const options = { ...limits, cwd: "/", env: environment };
    const child = execFile(program, [...args], options, (error, output, complaint) => {
      if (!error) return resolve({ ok: true, output });
      if (error.killed)
        return resolve({
          ok: false,
          reason: `${program}: took longer than 10 seconds`,
          isLate: true,
        });
      resolve({ ok: false, reason: `${program}: ${firstLine(complaint) ?? error.message}` });
    });
    // A program that ends before it has read everything breaks the pipe; its exit status says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });

function firstLine(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "");
}
