import { Argument, Command, Option } from "commander";
import { Failure, mistakesIn } from "../core/failure.ts";
import { printable } from "../core/printable.ts";
import { addBlocking } from "./blocking-tools.ts";
import { allow } from "./commands/allow.ts";
import { bake } from "./commands/bake.ts";
import { sayBlocked } from "./commands/completion.ts";
import { checkConfig } from "./commands/config.ts";
import { compileAtStart, confirm, rollback } from "./commands/confirm.ts";
import { reload, restart, start, stop } from "./commands/control.ts";
import { doctor } from "./commands/doctor.ts";
import { mailProbe, mailRelay } from "./commands/mail-relay.ts";
import { mailTest } from "./commands/mail-test.ts";
import { rearm } from "./commands/rearm.ts";
import { attacker, selftest } from "./commands/selftest.ts";
import { setup } from "./commands/setup.ts";
import { status } from "./commands/status.ts";
import { supervise } from "./commands/supervise.ts";
import { support } from "./commands/support.ts";
import { uninstall } from "./commands/uninstall.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { zshCompletion } from "./completion/zsh.ts";
import { addImport } from "./import-tools.ts";
import { addIntegrity } from "./integrity-tools.ts";
import { addRuleTools } from "./rule-tools.ts";

type Action = (options: unknown) => void | Promise<void>;

const program = new Command("stockade")
  .description(
    "threat protection for this server: reads logs, mails what matters, blocks attackers for a while",
  )
  .option("--root <dir>", "look for everything below this folder", "/")
  .showHelpAfterError("(stockade --help lists the commands)")
  // What is asked in a wrong way is 64 everywhere, see sysexits(3).
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 64))
  .addHelpText(
    "after",
    `
Examples:
  stockade status                        what protects, what does not, what to do
  stockade doctor                        all that it stands on, what is wrong with it, and the fix
  stockade selftest --quick              attack this server from within, and see that it is noticed
  stockade bans                          who is blocked, until when and why
  stockade why 192.0.2.7                 why it is blocked, or why not
  stockade unban 192.0.2.7               let somebody in again
  stockade ban 192.0.2.0/24 --for 2h     keep a network out
  stockade allow 192.0.2.7 --for 7d      nobody is to block somebody for a while
  tail -1 /var/log/auth.log | stockade logtest
                                         what Stockade makes of a line

Files:
  /etc/stockade/stockade.conf            settings; check them with: stockade config check
  /etc/stockade/rules/*.xml              your own rules
  /var/log/stockade/alerts/alerts.log    every alert`,
  );

command("start", "start everything", start);
command("stop", "stop; blocks in force end at their time", stop);
command("restart", "stop and start; no line and no block is lost", restart);
program
  .command("reload")
  .description("check settings and rules, then read them anew")
  .option("--confirm <time>", "for so long (5m), unless somebody says: stockade confirm")
  .option("--json", "answer in JSON")
  .action((_options, command: Command) => reload(command.optsWithGlobals()));
command("confirm", "settings that were put in force for a time stay", confirm);
program
  .command("rollback")
  .description("settings that wait to be confirmed go, those of before come back")
  .option("--json", "answer in JSON")
  .addOption(new Option("--if-any", "end well where none wait").hideHelp())
  .action((_options, command: Command) => rollback(command.optsWithGlobals()));
program
  .command("status")
  .description("what protects, what does not and what to do; exit code 1 when something is missing")
  .option("--metrics", "for Prometheus, in its text format")
  .option("--json", "answer in JSON")
  .action((_options, command: Command) => status(command.optsWithGlobals()));
command(
  "doctor",
  "look at all that Stockade stands on and say what to do; exit code 1 when something is wrong",
  doctor,
);
program
  .command("support [file]")
  .description("write what somebody who helps needs to see into a tar.gz, without secrets")
  .option("--keep-mail-addresses", "leave mail addresses as they are")
  .option("--json", "answer in JSON")
  .action((file: string | undefined, _options, command: Command) =>
    support(file, command.optsWithGlobals()),
  );
addBlocking(program);

program
  .command("allow [address]")
  .description("who is not blocked for a while: an address, a network or a name; without one, list")
  .option("--for <time>", "how long: 30m, 12h, 7d (unless told)")
  .option("--why <text>", "what for, to be found again")
  .option("--end", "end it")
  .option("--yes", "also a network wider than a /24 or, of IPv6, a /56")
  .option("--json", "answer in JSON")
  .action((address: string | undefined, _options, command: Command) =>
    allow(address, command.optsWithGlobals()),
  );

program
  .command("rearm [what]")
  .description("let block again what the circuit breaker stopped: a rule, a network, all")
  .option("--json", "answer in JSON")
  .action((what: string | undefined, _options, command: Command) =>
    rearm(what, command.optsWithGlobals()),
  );

addRuleTools(program);
addImport(program);
addIntegrity(program);

program
  .command("selftest")
  .description("attack this server from a namespace on it, and see that all of it works")
  .option("--quick", "end blocks by hand, so that it takes less than half a minute")
  .addOption(new Option("--only <part>", "this alone").choices(["block"]))
  .option("--alert", "let the daemon tell the result, as the weekly run does")
  .option("--json", "answer in JSON")
  .action((_options, command: Command) => selftest(command.optsWithGlobals()));
program
  .command("attacker", { hidden: true })
  .description("attack as the self-test says (run by it, in a network of its own)")
  .action(attacker);

const mail = program.command("mail").description("the road of alerts to you");
mail
  .command("test")
  .description("send a mail and follow it to the relay; where it does not arrive: why, and the fix")
  .option("--to <mail>", "somebody else than <email_to>")
  .option("--for <time>", "how long to wait for Postfix's word", "60s")
  .option("--json", "answer in JSON")
  .action((_options, command: Command) => mailTest(command.optsWithGlobals()));
mail
  .command("relay")
  .description(
    "try the ports of the relay and the login, without a mail; say what works, or put it in force",
  )
  .option("--use <relay>", "send through this relay from now on: HOST, or HOST:PORT")
  .option("--user <user>", "log in there as this user")
  .option("--password-file <file>", "and with the password that is alone in this file")
  .option("--json", "answer in JSON")
  .action((_options, command: Command) => mailRelay(command.optsWithGlobals()));
mail
  .command("probe <relay>", { hidden: true })
  .description("the same for the installer, with USER:PASSWORD on standard input")
  .action((relay: string, _options, command: Command) =>
    mailProbe(relay, command.optsWithGlobals()),
  );

const config = program.command("config").description("the settings in /etc/stockade");
config
  .command("check")
  .description("read settings and rules as a start would, and say what is wrong")
  .argument("[file]", "settings that are to take the place of those in force")
  .option("--json", "answer in JSON")
  .action((file: string | undefined, _options, command: Command) =>
    checkConfig(file, command.optsWithGlobals()),
  );
config
  .command("compile", { hidden: true })
  .description("write what the responder may know of the settings (run by root before it starts)")
  .action((_options, command: Command) => compileAtStart(command.optsWithGlobals()));
program
  .command("setup")
  .description("set up mail, Suricata and whom never to block, from answers; again at any time")
  .argument("[flags...]", "see stockade setup --help")
  .helpOption(false)
  .allowUnknownOption()
  .action((flags: string[], _options, command: Command) => setup(flags, command.optsWithGlobals()));
program
  .command("bake")
  .description("seal this server as an image: each server started from it becomes one of its own")
  .option("--yes", "go on: alerts, blocks and mails of this server are thrown away")
  .option("--without-relay-account", "the account of the mail relay, too")
  .action((_options, command: Command) => bake(command.optsWithGlobals()));
program
  .command("uninstall")
  .description("take Stockade off this server, and prove that nothing of it is left")
  .option("--purge", "settings, logs and its account, too")
  .option("--verify", "say all that was looked at")
  .action((_options, command: Command) => uninstall(command.optsWithGlobals()));
program
  .command("supervise", { hidden: true })
  .description("keep the processes running where there is no systemd")
  .action((_options, command: Command) => supervise(command.optsWithGlobals()));

const completions = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
program
  .command("completion")
  .description("print what completes these commands in a shell")
  .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(completions)))
  .action(
    (shell: keyof typeof completions) => void process.stdout.write(completions[shell](program)),
  );
program
  .command("blocked", { hidden: true })
  .description("the blocked addresses, for a shell that completes one")
  .action((_options, command: Command) => sayBlocked(command.optsWithGlobals()));

// `stockade status | head` closes the pipe when it has seen enough.
process.stdout.on("error", (error) => {
  if (!("code" in error) || error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (thrown) {
  if (!(thrown instanceof Failure)) throw thrown;
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(inJson(thrown))}\n`);
  else for (const line of inWords(thrown)) process.stderr.write(`${line}\n`);
  process.exitCode = thrown.exitCode;
}

function inJson(failure: Failure) {
  const { message, hint, others } = failure;
  const mistakes = mistakesIn(failure).map((one) => ({ error: one.message, hint: one.hint }));
  return { ok: false, error: message, hint, ...(others.length > 0 && { mistakes }) };
}

/** What several mistakes have for a hint is said once. */
function inWords(failure: Failure): string[] {
  const mistakes = mistakesIn(failure);
  const hints = new Set(mistakes.flatMap(({ hint }) => hint ?? []));
  return [
    ...mistakes.map(({ message }) => `stockade: ${printable(message)}`),
    ...[...hints].map((hint) => `hint: ${printable(hint)}`),
  ];
}

function command(name: string, description: string, action: Action): void {
  program
    .command(name)
    .description(description)
    .option("--json", "answer in JSON")
    .action((_options, command: Command) => action(command.optsWithGlobals()));
}
