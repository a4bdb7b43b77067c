import type { Command } from "commander";
import { importFail2ban, importOssec } from "./commands/import.ts";

/** Adds the commands that take over what another program was told. */
export function addImport(program: Command): void {
  const from = program
    .command("import")
    .description("take over what OSSEC or fail2ban was told, and say what is not taken");
  from
    .command("ossec [folder]")
    .description(
      "settings, your own rules, decoders and lists of an OSSEC installation (/var/ossec)",
    )
    .option(
      "--ruleset",
      "all its rules and decoders, and its way of judging, in place of Stockade's",
    )
    .option("--dry-run", "change nothing, only say what would be")
    .option("--json", "answer in JSON")
    .action((folder: string | undefined, _options, command: Command) =>
      importOssec(folder, command.optsWithGlobals()),
    );
  from
    .command("fail2ban [folder]")
    .description("whom it never bans, how long it bans, and its bans in force (/etc/fail2ban)")
    .option("--no-bans", "leave out the bans in force")
    .option("--database <file>", "where these are", "/var/lib/fail2ban/fail2ban.sqlite3")
    .option("--dry-run", "change nothing, only say what would be")
    .option("--json", "answer in JSON")
    .action((folder: string | undefined, _options, command: Command) =>
      importFail2ban(folder, command.optsWithGlobals()),
    );
}
