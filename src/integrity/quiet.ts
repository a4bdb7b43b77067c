import type { Syscheck } from "../config/syscheck-settings.ts";
import { type BytePath, type IntegrityVerdict, isOfPackages, type JudgedChange } from "./entry.ts";
import type { Judgement } from "./judge.ts";
import { pathOf } from "./judging/facts.ts";
import { concernIn, gainedPrivileges } from "./judging/places.ts";

/** What the settings say of what is to be told. */
export type Wanted = Pick<Syscheck, "autoIgnore" | "alertNewFiles">;

/** What happened to a file before, the newest first. */
type Earlier = (path: BytePath) => readonly Past[];

interface Past {
  readonly change: { readonly action: string };
  readonly verdict: IntegrityVerdict;
}

/** OSSEC tells of the third change (rule 552) and ignores the file from then on. */
const toldTimes = 3;

/** The judgement without what is taken in and counted, but not told, because the settings say so. */
export function toTell(judgement: Judgement, wanted: Wanted, earlier: Earlier): Judgement {
  const judged = judgement.judged.filter((one) => !isQuiet(one, wanted, earlier));
  return { ...judgement, judged };
}

function isQuiet(judged: JudgedChange, wanted: Wanted, earlier: Earlier): boolean {
  if (isOfPackages(judged.verdict) || mattersAlways(judged)) return false;
  const path = pathOf(judged.change);
  if (!wanted.alertNewFiles && isNew(judged, earlier(path))) return true;
  // What packages did is no habit of the file.
  return (
    wanted.autoIgnore &&
    earlier(path).filter((one) => !isOfPackages(one.verdict)).length >= toldTimes
  );
}

/** What our rules tell at level 10 and above: no setting of OSSEC's that was meant against noise hides it. */
function mattersAlways({ change, verdict }: JudgedChange): boolean {
  if (verdict === "differs" || verdict === "tools" || verdict === "unverified") return true;
  return gainedPrivileges(change).length > 0 || concernIn(change) !== undefined;
}

/** One that was deleted and is back is none. */
function isNew({ change }: JudgedChange, earlier: readonly Past[]): boolean {
  return change.action === "added" && earlier[0]?.change.action !== "deleted";
}
