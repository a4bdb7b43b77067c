import { existsSync } from "node:fs";
import { execa } from "execa";
import { Failure } from "../../core/failure.ts";
import { installed } from "../place.ts";
import { contextOf, needRoot } from "./command.ts";

/**
 * `stockade setup`: what the installer does after the package is there. `flags` are the script's own, among them `--help`;
 * the exit code is the script's.
 */
export async function setup(flags: readonly string[], options: unknown): Promise<void> {
  const context = contextOf(options);
  const script = installed("setup");
  if (context.root !== "/" || !existsSync(script)) {
    throw new Failure("this Stockade was not installed", {
      hint: "in a checkout: sudo ./installer/install.sh",
      exitCode: 69,
    });
  }
  if (!flags.includes("--help")) needRoot(context, "set up Stockade");
  const { exitCode } = await execa(script, flags, { reject: false, stdio: "inherit", cwd: "/" });
  process.exitCode = exitCode ?? 1;
}
