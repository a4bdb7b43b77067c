import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { execa } from "execa";
import { Failure } from "../../core/failure.ts";

const patienceSeconds = 30;

/**
 * Runs `use` while no other process has this lock. It is held by flock(1), of util-linux, for as long as our end of a pipe to it is
 * open: whoever is killed holds nothing. Throws a `Failure` when another has it for too long.
 */
export async function withLock<T>(file: string, use: () => T | Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Whoever may open it could hold it.
  closeSync(openSync(file, "a", 0o600));
  const options = ["--exclusive", "--no-fork", `--wait=${patienceSeconds}`];
  const holder = execa("flock", [...options, file, "cat"], { reject: false, buffer: false });
  try {
    holder.stdin.on("error", () => undefined).write("held");
    const isHeld = await new Promise<boolean>((resolve) => {
      holder.stdout.once("data", () => resolve(true));
      void holder.then(() => resolve(false));
    });
    if (!isHeld) throw busy();
    return await use();
  } finally {
    holder.stdin.end();
    await holder;
  }
}

function busy(): Failure {
  return new Failure("another stockade command is at work", {
    hint: "try again when it has ended",
    exitCode: 75,
  });
}
