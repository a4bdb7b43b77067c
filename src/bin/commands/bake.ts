import { existsSync } from "node:fs";
import { execa } from "execa";
import * as z from "zod";
import { Failure } from "../../core/failure.ts";
import { loadConfiguration } from "../judge.ts";
import { installed } from "../place.ts";
import { settingsHistory } from "../settings-history.ts";
import { type Context, contextOf, needRoot } from "./command.ts";

const Options = z.object({
  yes: z.boolean().default(false),
  withoutRelayAccount: z.boolean().default(false),
});

/**
 * `stockade bake`: ends everything and takes away what belongs to this server alone, so that a copy of its disk is an image. The
 * first start of each copy makes an identity. A mistake in the settings would be every server's: then nothing is done.
 */
export async function bake(options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "bake an image");
  const script = installed("bake");
  if (context.root !== "/" || !existsSync(script)) {
    throw new Failure("this Stockade was not installed", { exitCode: 69 });
  }
  refuseHalfWay(context);
  const { yes, withoutRelayAccount } = Options.parse(options);
  if (!yes) {
    throw new Failure("this throws away alerts, blocks and mails of this server", {
      hint: "stockade bake --yes",
      exitCode: 64,
    });
  }
  const flags = withoutRelayAccount ? ["--without-relay-account"] : [];
  const run = { reject: false, stdio: "inherit", cwd: "/" } as const;
  const { exitCode } = await execa("sh", [script, ...flags], run);
  process.exitCode = exitCode ?? 1;
}

function refuseHalfWay({ paths }: Context): void {
  loadConfiguration(paths);
  const history = settingsHistory(paths);
  if (history.waiting() === undefined && !history.isReturning()) return;
  throw new Failure("the settings wait to be confirmed", {
    hint: "stockade confirm, or stockade rollback",
    exitCode: 69,
  });
}
