import { existsSync } from "node:fs";
import { execa } from "execa";
import * as z from "zod";
import { Failure } from "../../core/failure.ts";
import { installed } from "../place.ts";
import { contextOf, needRoot } from "./command.ts";

const Options = z.object({ purge: z.boolean().default(false), verify: z.boolean().default(false) });

/**
 * `stockade uninstall`: takes the package off this server and proves that nothing of it is left. The exit code is that of the
 * proof. What runs meanwhile, this program and the script, is kept by the kernel until it ends.
 */
export async function uninstall(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "remove Stockade");
  const script = installed("uninstall");
  if (context.root !== "/" || !existsSync(script)) {
    throw new Failure("this Stockade was not installed", { exitCode: 69 });
  }
  const { purge, verify } = Options.parse(options);
  const flags = [...(purge ? ["--purge"] : []), ...(verify ? ["--verify"] : [])];
  const run = { reject: false, stdio: "inherit", cwd: "/" } as const;
  const { exitCode } = await execa("sh", [script, ...flags], run);
  process.exitCode = exitCode ?? 1;
}
