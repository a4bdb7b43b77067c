import type { Command } from "commander";
import { logtest } from "./commands/logtest.ts";
import { replayLogs } from "./commands/replay.ts";
import { backtestRules } from "./commands/rules-backtest.ts";
import { showCoverage } from "./commands/rules-coverage.ts";
import { listRules } from "./commands/rules-list.ts";
import { showRule } from "./commands/rules-show.ts";

/** Adds the commands that try rules on lines: nothing is written, mailed or blocked by them. */
export function addRuleTools(program: Command): void {
  addLogtest(program);
  onHistory(program, "replay")
    .description("say what would have happened if the rules had judged these logs in their time")
    .option("--rules <folder>", "the rules of this folder in place of yours")
    .action((files: string[], _options, command: Command) =>
      replayLogs(files, command.optsWithGlobals()),
    );
  const rules = program.command("rules").description("the rules in force, and how they do on logs");
  addLists(rules);
  onHistory(rules, "coverage")
    .description("say which decoders and rules know the lines of these logs, and which lines none")
    .action((files: string[], _options, command: Command) =>
      showCoverage(files, command.optsWithGlobals()),
    );
  onHistory(rules, "backtest")
    .description("judge these logs by old and new rules: which alerts and blocks appear and vanish")
    .option("--old <folder>", "the old rules, in place of yours; else those in force")
    .option("--new <folder>", "the new rules, in place of yours; else those in force")
    .action((files: string[], _options, command: Command) =>
      backtestRules(files, command.optsWithGlobals()),
    );
}

function addLogtest(program: Command): void {
  program
    .command("logtest [file...]")
    .description("show what every stage makes of each line of standard input, or of some files")
    .option("--log-format <format>", "how the lines are written, as in <log_format>", "syslog")
    .option("-a, --alerts", "show the alerts alone, as alerts.log has them")
    .option("-v, --trace", "show each rule that is tried, and what of it failed")
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

function addLists(rules: Command): void {
  rules
    .command("list")
    .description("all rules")
    .option("--group <name>", "only those of this group")
    .option("--level <number>", "only those from this level on")
    .option("--file <name>", "only those of this file")
    .option("--json", "answer in JSON")
    .action((_options, command: Command) => listRules(command.optsWithGlobals()));
  rules
    .command("show <id>")
    .description("one rule: its text, where it stands, what it counts and what it leads to")
    .option("--json", "answer in JSON")
    .action((id: string, _options, command: Command) => showRule(id, command.optsWithGlobals()));
}

function onHistory(parent: Command, name: string): Command {
  return parent
    .command(`${name} <file...>`)
    .option("--since <date>", "leave out older lines: 2026-11-20, or 7d for a week ago")
    .option("--log-format <format>", "how the lines are written, as in <log_format>")
    .option("--json", "answer in JSON");
}
