import { Argument, type Command } from "commander";
import { ResponseName } from "../core/block.ts";
import { ban } from "./commands/ban.ts";
import { bans } from "./commands/bans.ts";
import { observe } from "./commands/observe.ts";
import { unban } from "./commands/unban.ts";
import { why } from "./commands/why.ts";

/** Adds the commands that show, make and end blocks. */
export function addBlocking(program: Command): void {
  addBans(program);
  program
    .command("why <address>")
    .description("why an address is blocked, or why it is not; exit code 1 when it is not")
    .option("--json", "answer in JSON")
    .action((address: string, _options, command: Command) =>
      why(address, command.optsWithGlobals()),
    );
  program
    .command("observe")
    .description("what would have been blocked; on and off let everything or a rule only observe")
    .addArgument(new Argument("[switch]").choices(["on", "off"]))
    .option("--rule <id>", "this rule alone")
    .option("--for <time>", "for so long (30m, 12h, 7d); until it is switched off unless told")
    .option("--json", "answer in JSON")
    .action((way: string | undefined, _options, command: Command) =>
      observe(way, command.optsWithGlobals()),
    );
  program
    .command("ban <network>")
    .description("keep an address or a network out for a while; exit code 1 when it is refused")
    .option("--for <time>", "how long: 90s, 10m, 2h, 7d", "1d")
    .option("--why <text>", "shown wherever the block is", "")
    .option("--response <response>", `one of: ${ResponseName.options.join(", ")}`, "firewall-drop")
    .option("--yes", "also where it is wider than a /24, or a /56 of IPv6")
    .option("--json", "answer in JSON")
    .action((address: string, _options, command: Command) =>
      ban(address, command.optsWithGlobals()),
    );
  program
    .command("unban [address]")
    .description(
      "end every block of an address, or within a network; exit code 1 when it was not blocked, or still is",
    )
    .option("--all", "end every block there is")
    .option("--rule <id>", "end what this rule has blocked")
    .option("--json", "answer in JSON")
    .action((address: string | undefined, _options, command: Command) =>
      unban(address, command.optsWithGlobals()),
    );
}

function addBans(program: Command): void {
  program
    .command("bans")
    .description("the blocked addresses")
    .option("--address <address>", "what keeps out this address or network")
    .option("--rule <id>", "blocks by this rule")
    .option("--response <response>", "blocks of this response")
    .option("--since <date>", "blocks that began at this time or later: 2026-11-20, 12h")
    .option("--until <date>", "blocks that began at this time or earlier")
    .option("--json", "answer in JSON")
    .action((_options, command: Command) => bans(command.optsWithGlobals()));
}
