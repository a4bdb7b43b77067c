import { posix } from "node:path";
import type { Baseline } from "../../integrity/baseline/baseline.ts";
import type { BytePath } from "../../integrity/entry.ts";
import { type Known, openTrust } from "../../integrity/judging/trust.ts";
import { openDpkg } from "../../integrity/packages/dpkg.ts";
import { onRecord } from "../../integrity/packages/on-record.ts";
import { openTransactions } from "../../integrity/packages/transactions.ts";

interface Means {
  readonly root: string;
  readonly baseline: Baseline;
  readonly clock: () => number;
}

/** dpkg's database and logs, as far as they bear each other out and the baseline knows them: what `openJudge` goes by. */
export function openTrustedPackages({ root, baseline, clock }: Means) {
  const transactions = onRecord(openTransactions({ root, now: clock }), { root });
  const known: Known = (path) => lastGood(path, baseline);
  const trust = openTrust({ root, database: openDpkg({ root }), known, transactions, now: clock });
  return { packages: trust.database, hasList: trust.hasList, transactions };
}

/** Of a file that the baseline has not, where it has others of that kind: that there was none. */
function lastGood(path: BytePath, baseline: Baseline): ReturnType<Known> {
  const open = baseline.outstandingOf(path);
  const good = open ? open.accepted : baseline.get(path);
  if (good) return good.sha256;
  const kind = posix.extname(path);
  const others = baseline.within(posix.dirname(path), undefined, mostAsked);
  return open || others.some((one) => one.path.endsWith(kind)) ? "none" : undefined;
}

/** A package has some ten files there, and one of each kind that is asked about. */
const mostAsked = 100;
