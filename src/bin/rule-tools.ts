import type { Command } from "commander";
import { logtest } from "./commands/logtest.ts";

/** Adds the commands that try rules on lines: nothing is written, mailed or blocked by them. */
export function addRuleTools(program: Command): void {
  program
    .command("logtest [file...]")
    .description("show what every stage makes of each line of standard input, or of some files")
    .option("--log-format <format>", "how the lines are written, as in <log_format>", "syslog")
    .option("-a, --alerts", "show the alerts alone, as alerts.log has them")
    .option("--trace", "show each rule that is tried, and what of it failed")
    .option("--ossec <folder>", "judge as OSSEC does, by its decoder.xml and rules in this folder")
    .option("--fresh", "judge each line for itself: forget the lines before it")
    .option(
      "-U, --expect <rule:level:decoder>",
      "exit code 0 when the last line is judged so, else 3, 2 or 1: wrong decoder, rule or level",
    )
    .option("--json", "answer each line with one line of JSON")
    .action((files: string[], _options, command: Command) =>
      logtest(files, command.optsWithGlobals()),
    );
}
