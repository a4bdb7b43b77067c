import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import type { Log } from "../../core/log.ts";
import { openAccounts } from "../../integrity/accounts.ts";
import type { Baseline } from "../../integrity/baseline/baseline.ts";
import { Crowd } from "../../integrity/crowds/crowd.ts";
import { type Crowds, openCrowds } from "../../integrity/crowds/crowds.ts";
import type { BytePath, Change, Entry, JudgedChange } from "../../integrity/entry.ts";
import type { Told } from "../../integrity/integrity.ts";
import { type Judge, openJudge } from "../../integrity/judge.ts";
import { pathOf } from "../../integrity/judging/facts.ts";
import { openTools } from "../../integrity/judging/tools.ts";
import { type OwnersBefore, openOwnersBefore } from "../../integrity/owners-before.ts";
import type { PackageDatabase } from "../../integrity/packages/package-database.ts";
import { toTell, type Wanted } from "../../integrity/quiet.ts";
import type { SeenChange } from "../../integrity/seen.ts";
import { keepable, whatChanged } from "../../integrity/texts/what-changed.ts";
import { readNames } from "../../integrity/words/names.ts";
import { toFindings } from "../../integrity/words.ts";
import { stateFile } from "../state-file.ts";
import { openTrustedPackages } from "./trusted-packages.ts";

interface Means {
  readonly root: string;
  /** The folder of the baseline. */
  readonly folder: string;
  readonly baseline: Baseline;
  readonly clock: () => number;
  readonly log: Log;
}

/** Changes in, verdicts and words out. */
export interface Judging {
  /** `isMore`: others come that may belong to the same transaction. `settings`: what they do not want to be told, and the prefilter. */
  judge(changes: readonly SeenChange[], isMore: boolean, settings?: Asked): Promise<Told>;
  /** Puts what was judged into the baseline, with the texts that the next differences are made from. */
  take(told: Told, isQuiet: boolean): void;
  /** Has told what is told together with others like it, and is due. */
  tellDue: Crowds["tellDue"];
  /** Which packages own these, where one does. */
  owners: Judge["owners"];
  justInstalled: Judge["justInstalled"];
  readonly packages: PackageDatabase;
  /** These are in the baseline since the first look: whose they are is remembered. */
  learned(paths: readonly BytePath[]): Promise<void>;
  close(): void;
}

const KeptLine = z.object({
  head: z.string(),
  id: z.number().optional(),
  members: z.array(z.string()).readonly(),
});
const KeptFile = z.object({ sha256: z.string(), lines: z.record(z.string(), KeptLine).readonly() });
const Kept = z.record(z.string(), KeptFile).readonly();
const accountFile = /^\/etc\/(?:passwd|shadow|group|gshadow|subuid|subgid)$/;
const shipped = ["/usr/lib/stockade", "/etc/stockade"];

export function openJudging({ root, folder, baseline, clock, log }: Means): Judging {
  const { accounts, remember } = accountsIn(root, folder, log);
  const owned = openOwnersBefore(folder);
  const trusted = openTrustedPackages({ root, baseline, clock });
  const judge = openJudge({
    root,
    ...trusted,
    accounts,
    tools: openTools({ root, folders: shipped }),
    ownerBefore: owned.of,
    now: clock,
  });
  const crowds = crowdsIn(folder, clock, log);
  const learned = async (paths: readonly BytePath[]) => {
    if (paths.some((path) => accountFile.test(path))) remember(paths);
    owned.remember(paths, await judge.owners(paths));
  };
  return {
    ...judge,
    packages: trusted.packages,
    learned,
    async judge(changes, isMore, settings = everything) {
      const judgement = await judge.judge(changes, isMore, settings.prefilterCommand);
      const times = (path: BytePath) => baseline.history(path, mostTimes).length + 1;
      const sorted = crowds.sort(toTell(judgement, settings, baseline.history).judged, times);
      const findings = toFindings(
        { ...judgement, judged: sorted.alone },
        {
          at: clock(),
          names: readNames(root),
          times,
          accounts: (path) => accounts.changes(path),
          isBack: (path) => baseline.history(path, 1)[0]?.change.action === "deleted",
          diff: (change) => differenceIn(change, baseline),
        },
      );
      return { judged: judgement.judged, wait: judgement.wait, findings, sorted };
    },
    tellDue: crowds.tellDue,
    take({ judged, findings, sorted }, isQuiet) {
      const changes: Change[] = judged.map(({ change }) => change);
      if (sorted && !isQuiet) crowds.keep(sorted);
      baseline.take(judged, isQuiet ? [] : findings, textsOf(changes), isQuiet);
      void learned(withoutMade(judged, owned)).catch(() => undefined);
    },
    close: owned.close,
  };
}

/** What is there and has to be asked about. What a package's scripts made goes with the package, which is remembered. */
function withoutMade(judged: readonly JudgedChange[], owned: OwnersBefore): BytePath[] {
  const made = new Map(
    judged.flatMap(({ change, verdict, package: name }) =>
      verdict === "side-effect" && name !== undefined ? [[pathOf(change), name]] : [],
    ),
  );
  owned.remember([...made.keys()], made);
  const still = judged.filter(({ change }) => change.after !== undefined);
  return still.map(({ change }) => pathOf(change)).filter((path) => !made.has(path));
}

function accountsIn(root: string, folder: string, log: Log) {
  const loss = "new accounts of packages are told as changes by hand, once";
  const file = stateFile(join(folder, "accounts.json"), { schema: Kept, loss }, log);
  const kept = file.load();
  const key = secretIn(join(folder, "accounts.key"));
  const accounts = openAccounts({ root, kept, key, sha256 });
  const remember = (paths?: readonly BytePath[]) => file.save(accounts.remember(paths));
  if (kept === undefined) remember();
  return { accounts, remember };
}

function crowdsIn(folder: string, clock: () => number, log: Log): Crowds {
  const loss = "of what many files have in common, some changes are in no alert";
  const schema = z.array(Crowd).readonly();
  const file = stateFile(join(folder, "crowds.json"), { schema, loss }, log);
  return openCrowds(file.load() ?? [], file.save, clock);
}

type Asked = Wanted & Pick<Syscheck, "prefilterCommand">;

const everything: Asked = { autoIgnore: false, alertNewFiles: true };

/** OSSEC counts to the third change. */
const mostTimes = 3;

function differenceIn(change: SeenChange, baseline: Baseline): string | undefined {
  const path = pathOf(change);
  const { before, after, text, hiddenBy } = change;
  // Of a file that holds what it held, nothing would be shown anyway.
  if (hiddenBy && before?.sha256 === after?.sha256) return undefined;
  const versions = {
    before: baseline.text(path) ?? unknownIn(before),
    after: text ?? unknownIn(after),
  };
  return whatChanged(path, versions, hiddenBy);
}

/** What a file holds that has something in it, where that is not known. */
export function unknownIn(entry: Entry | undefined): "unknown" | undefined {
  return entry?.kind === "file" && entry.size > 0 ? "unknown" : undefined;
}

function textsOf(changes: readonly SeenChange[]): Map<BytePath, Uint8Array> {
  return new Map(
    changes.flatMap((change) => {
      const text = change.text && keepable(pathOf(change), change.text);
      return text ? [[pathOf(change), text] as const] : [];
    }),
  );
}

function secretIn(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    const key = randomBytes(32);
    writeFileSync(file, key, { mode: 0o600 });
    return key;
  }
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
