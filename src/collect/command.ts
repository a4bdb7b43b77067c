import { type ChildProcess, spawn } from "node:child_process";

export interface Outcome {
  /** What it printed to standard output, as far as there was room. */
  readonly output: Buffer;
  readonly isCut: boolean;
  /** What went wrong, in words; undefined when nothing did. */
  readonly problem: string | undefined;
}

interface RunOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command as `/bin/sh -c` does, because that is what OSSEC's settings mean by one: a line with pipes and quotes.
 * It comes from the settings alone, which only root can write, and nothing that was read from a log gets into it. The
 * command and all it started in its process group are killed when time, room or patience ends. Never throws.
 */
export async function runCommand(command: string, options: RunOptions): Promise<Outcome> {
  const { timeoutMs, maxBytes, signal } = options;
  const child = spawn("/bin/sh", ["-c", command], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: path, LC_ALL: "C.UTF-8" },
    cwd: "/",
    detached: true,
  });
  const said = listen(child, maxBytes, () => killGroup(child));
  const end = () => killGroup(child);
  const timer = setTimeout(() => {
    said.problem = `took longer than ${timeoutMs / 1000} s and was ended`;
    end();
  }, timeoutMs);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();

  await new Promise((resolve) => child.once("close", resolve).once("error", resolve));
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
  // What it left running in the background would pile up from run to run.
  end();
  const problem = said.problem ?? problemOf(child, said.isCut, said.words);
  return { output: Buffer.concat(said.chunks), isCut: said.isCut, problem };
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const maxWords = 300;

/** Keeps what it says. `onFull` is called when it says more than there is room for. */
function listen(child: ChildProcess, maxBytes: number, onFull: () => void) {
  const said: { chunks: Buffer[]; isCut: boolean; words: string; problem: string | undefined } = {
    chunks: [],
    isCut: false,
    words: "",
    problem: undefined,
  };
  let room = maxBytes;
  child.stdout?.on("data", (chunk: Buffer) => {
    said.chunks.push(chunk.subarray(0, room));
    room -= Math.min(room, chunk.length);
    if (room > 0 || said.isCut) return;
    said.isCut = true;
    onFull();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    said.words = `${said.words}${chunk.toString("utf8")}`.slice(-maxWords);
  });
  child.once("error", (thrown) => {
    said.problem = thrown.message;
  });
  return said;
}

/** `grep` that finds nothing ends with 1 and means no harm; whoever has something to complain of says so. */
function problemOf(child: ChildProcess, isCut: boolean, words: string): string | undefined {
  if (isCut) return "printed more than there is room for and was ended";
  const { exitCode, signalCode } = child;
  if (signalCode !== null) return `was ended by ${signalCode}`;
  const complaint = words.trim().replace(/\s+/g, " ");
  if (exitCode === 0 || (complaint === "" && (exitCode ?? 0) < 126)) return undefined;
  return `ended with code ${exitCode}${complaint === "" ? "" : `: ${complaint}`}`;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}
