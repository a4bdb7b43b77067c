import { join } from "node:path";
import * as z from "zod";
import { loadSettings } from "../../config/load.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { type Candidate, textOf, withCandidate, writeFiles } from "../import/candidate.ts";
import { planFail2ban } from "../import/fail2ban.ts";
import { type Ban, bansIn } from "../import/fail2ban-bans.ts";
import { type Fate, type Item, left, type Plan, taken } from "../import/item.ts";
import { planOssec } from "../import/ossec.ts";
import { withImported } from "../import/settings-text.ts";
import { loadConfiguration } from "../judge.ts";
import { type Context, contextOf, needRoot, withRootResponder } from "./command.ts";
import { table } from "./table.ts";

const Options = z.object({
  dryRun: z.boolean().default(false),
  ruleset: z.boolean().default(false),
  bans: z.boolean().default(true),
  database: z.string().default("/var/lib/fail2ban/fail2ban.sqlite3"),
});

/** `stockade import ossec [FOLDER]`: takes what it can of an OSSEC installation, and says what it did not take. */
export async function importOssec(folder: string | undefined, given: unknown): Promise<void> {
  const context = contextOf(given);
  const { ruleset, dryRun } = Options.parse(given);
  needRoot(context, "change the settings");
  const from = folder ?? join(context.root, "var/ossec");
  const plan = await prepared(context, "OSSEC", (candidate) => planOssec(from, ruleset, candidate));
  if (!dryRun) writeFiles(context.paths, plan.files);
  tell(context, plan.items, dryRun);
}

/** `stockade import fail2ban [FOLDER]`: the same for fail2ban, and its bans in force. */
export async function importFail2ban(folder: string | undefined, given: unknown): Promise<void> {
  const context = contextOf(given);
  const { dryRun, bans, database } = Options.parse(given);
  needRoot(context, "change the settings");
  const from = folder ?? join(context.root, "etc/fail2ban");
  const plan = await prepared(context, "fail2ban", ({ paths }) =>
    planFail2ban(from, loadSettings(paths.settings).settings),
  );
  const inForce = bans ? bansIn(join(context.root, database), Date.now()) : [];
  if (!dryRun) writeFiles(context.paths, plan.files);
  const banned = dryRun ? inForce.map(asTaken) : await banAll(context, inForce, database);
  tell(context, [...plan.items, ...banned], dryRun);
  const away = banned.filter(({ because }) => because === responderAway).length;
  if (away === 0) return;
  throw new Failure(`${away} bans of fail2ban are not in force: ${responderAway}`, {
    hint: "stockade start, then import again when it runs: what is there already is not taken twice",
    exitCode: 69,
  });
}

const responderAway = "the responder does not answer";

/** The plan with the whole new settings among its files, tried as a start would on a copy of the folder. */
async function prepared(
  { paths }: Context,
  from: string,
  planned: (candidate: Candidate) => Plan,
): Promise<Plan> {
  return await withCandidate(paths, (candidate) => {
    // The copy is gone when this is read.
    const named = (text: string) =>
      text.replaceAll(candidate.paths.settingsFolder, paths.settingsFolder);
    try {
      const plan = tried(textOf(paths.settings), from, candidate, planned);
      const items = plan.items.map((item) => ({
        ...item,
        because: item.because && named(item.because),
      }));
      return { ...plan, items };
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      const { message, exitCode, hint = "nothing was changed" } = thrown;
      throw new Failure(named(message), { hint, exitCode, cause: thrown });
    }
  });
}

function tried(
  own: string,
  from: string,
  candidate: Candidate,
  planned: (candidate: Candidate) => Plan,
): Plan {
  // What an earlier import brought is no reason to leave it out now.
  candidate.put("stockade.conf", withImported(own, from, []));
  const plan = planned(candidate);
  const files = new Map([...plan.files, ["stockade.conf", withImported(own, from, plan.settings)]]);
  for (const [file, text] of files) candidate.put(file, text);
  loadConfiguration(candidate.paths);
  return { ...plan, files };
}

/** Where nobody answers the first, nobody is asked for the others: each would wait as long. */
async function banAll(context: Context, bans: readonly Ban[], at: string): Promise<Item[]> {
  if (bans.length === 0) return [];
  return await withRootResponder(context, async (responder) => {
    const items: Item[] = [];
    for (const ban of bans) {
      const { network, seconds, jail: by } = ban;
      const why = `banned by fail2ban, jail ${by}`;
      const how = { response: "firewall-drop", by: "import", why } as const;
      try {
        const reply = await responder.ask({ verb: "ban", network, seconds, ...how });
        items.push(reply.ok ? asTaken(ban) : left(`ban of ${network}`, at, reply.reason));
      } catch {
        const others = bans.slice(items.length);
        return [...items, ...others.map((one) => left(`ban of ${one.network}`, at, responderAway))];
      }
    }
    return items;
  });
}

function asTaken({ network, jail, seconds }: Ban): Item {
  return taken(`ban of ${network}`, `jail ${jail}`, `${Math.ceil(seconds / 60)} minutes are left`);
}

const titles: Readonly<Record<Fate, string>> = {
  taken: "taken",
  already: "so already",
  left: "not taken",
};

function tell({ json, say, paths }: Context, items: readonly Item[], isDry: boolean): void {
  if (json) {
    say(JSON.stringify({ written: !isDry, items }));
    return;
  }
  for (const [fate, title] of Object.entries(titles)) {
    const some = items.filter((item) => item.fate === fate);
    say(`${title}: ${some.length}`);
    const rows = some.map(({ what, at, because = "" }) => [
      brief(what),
      brief(because),
      printable(at),
    ]);
    for (const line of table(rows)) say(`  ${line}`);
  }
  say("");
  say(
    isDry
      ? "nothing was changed, because of --dry-run"
      : `${paths.settings} has it at its end, between two comments; in force with: stockade reload --confirm 5m`,
  );
}

/** One line of a table. */
function brief(text: string): string {
  const line = printable(text.replace(/\s+/g, " "));
  return line.length > 110 ? `${line.slice(0, 107)}…` : line;
}
