import type { Command } from "commander";
import {
  integrityAccept,
  integrityExport,
  integrityPause,
  integrityScan,
} from "./commands/integrity/changes.ts";
import { integrityDiff, integrityHistory } from "./commands/integrity/history.ts";
import { integrityStatus } from "./commands/integrity/status.ts";
import { integrityVerify } from "./commands/integrity/verify.ts";

/** Adds what is asked about the integrity of files. */
export function addIntegrity(program: Command): void {
  const integrity = program
    .command("integrity")
    .description("files that changed, who explains it, and what is accepted");
  addLooking(integrity);
  addAccepting(integrity);
}

function addLooking(integrity: Command): void {
  plain(
    integrity,
    "status",
    "what is watched and what differs; exit code 1 when something does",
    integrityStatus,
  );
  plain(integrity, "scan", "look at everything now", integrityScan).option(
    "--full",
    "read every file again, also those that look unchanged",
  );
  integrity
    .command("verify [export]")
    .description(
      "whether the baseline, or an export of it, is as it was written; exit code 1 when not",
    )
    .option("--key <file>", "of an export: the machine's public key, or an earlier export")
    .option("--json", "answer in JSON")
    .action((file: string | undefined, _options, command: Command) =>
      integrityVerify(file, command.optsWithGlobals()),
    );
  integrity
    .command("diff <file>")
    .description("how a file differs from what was accepted; exit code 1 when it does")
    .option("--json", "answer in JSON")
    .action((file: string, _options, command: Command) =>
      integrityDiff(file, command.optsWithGlobals()),
    );
  integrity
    .command("history [file]")
    .description(
      "every change that is remembered of a file, or of all below a folder; exit code 1 when there was none",
    )
    .option("--transaction <id>", "of all files: what this transaction of packages has changed")
    .option("--since <time>", "of all files: what was taken since, as 2026-11-20 14:00 or 12h")
    .option("--json", "answer in JSON")
    .action((file: string | undefined, _options, command: Command) =>
      integrityHistory(file, command.optsWithGlobals()),
    );
}

function addAccepting(integrity: Command): void {
  integrity
    .command("accept [files...]")
    .description(
      "these files, and all below them, are as they should be; exit code 1 when nothing differed",
    )
    .option("--transaction <id>", "what this transaction of packages has changed")
    .option("--json", "answer in JSON")
    .action((files: string[], _options, command: Command) =>
      integrityAccept(files, command.optsWithGlobals()),
    );
  plain(
    integrity,
    "pause",
    "a maintenance window: changes are taken in, and one mail lists them",
    integrityPause,
  )
    .option("--for <time>", "how long: 30m, 2h", "30m")
    .option("--why <text>", "what for, to stand in that mail", "")
    .option("--end", "end it now");
  integrity
    .command("export [file]")
    .description("the baseline with a signature, to be kept elsewhere")
    .action((file: string | undefined, _options, command: Command) =>
      integrityExport(file, command.optsWithGlobals()),
    );
}

function plain(
  integrity: Command,
  name: string,
  description: string,
  act: (options: unknown) => Promise<void>,
): Command {
  return integrity
    .command(name)
    .description(description)
    .option("--json", "answer in JSON")
    .action((_options, command: Command) => act(command.optsWithGlobals()));
}
