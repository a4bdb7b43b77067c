import { spawn } from "node:child_process";

/** systemd ends all processes of a unit at once; this one ends with the one that it watches. Reads a line at least every so many seconds, or kills the process that should have written it. At the end of that process it ends. */
const script = `trap '' TERM
while :; do
  read -r -t "$1"
  case $? in 0) ;; 1) exit ;; *) kill -KILL "$PPID"; exit ;; esac
done`;

const againMilliseconds = 5000;

/**
 * Has this process killed when its event loop does not turn for so many seconds; whoever started it starts it anew. A shell
 * waits for a sign of life, twice in that time, because nothing within a process can end it when it hangs or is stopped.
 */
export function guardAgainstHang(seconds: number, warn: (message: string) => void): void {
  const guard = spawn("/bin/bash", ["-c", script, "stockade-hang-guard", `${seconds}`], {
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
  });
  const { stdin } = guard;
  const timer = setInterval(() => stdin.write("\n"), (seconds * 1000) / 2.5).unref();
  // It may be gone already; its end is told below.
  stdin.on("error", () => {});
  let isOver = false;
  const again = (reason: string) => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    warn(`nobody watches whether this hangs: ${reason}; tried again`);
    setTimeout(() => guardAgainstHang(seconds, warn), againMilliseconds).unref();
  };
  guard.on("error", ({ message }) => again(message));
  guard.on("exit", (code, signal) => again(`bash ended, ${signal ?? code}`));
  guard.unref();
}
