import { Failure } from "../../core/failure.ts";
import type { Baseline, Outstanding, PastChange } from "../../integrity/baseline/baseline.ts";
import { changeOf } from "../../integrity/baseline/records.ts";
import type { HidingOption } from "../../integrity/cover.ts";
import type { BytePath } from "../../integrity/entry.ts";
import type { Integrity } from "../../integrity/integrity.ts";
import { pathOf } from "../../integrity/judging/facts.ts";
import type { Answer } from "../../integrity/serve/control.ts";
import type {
  DiffFacts,
  HistoryRow,
  OutstandingRow,
  Request,
  StatusFacts,
} from "../../integrity/serve/request.ts";
import { whatChanged } from "../../integrity/texts/what-changed.ts";
import type { Maintenance } from "../../integrity/window.ts";
import { differencesOf, headOf } from "../../integrity/words/differences.ts";
import { readNames } from "../../integrity/words/names.ts";
import { unknownIn } from "./judging.ts";

interface Means {
  readonly root: string;
  readonly baseline: Baseline;
  readonly integrity: Integrity;
  readonly maintenance: Maintenance;
  readonly realtime: () => StatusFacts["realtime"];
  readonly nextAt: () => number;
  /** The setting that wants nothing shown of what the file holds, where one does. */
  readonly hiddenBy: (path: BytePath) => HidingOption | undefined;
  /** Ends a window now, and tells what was in it. */
  readonly endWindow: () => { readonly changes: number; readonly named: readonly string[] };
  readonly clock: () => number;
}

const mostRows = 100_000;
const mostChanges = 20_000;

/** Answers what root asks. */
export function answersOf(means: Means): Answer {
  return (request) => answer(request, means);
}

async function* answer(request: Request, means: Means): ReturnType<Answer> {
  const { baseline, integrity } = means;
  switch (request.verb) {
    case "status":
      return { ...statusOf(means) };
    case "scan":
      return scanned(means, request.full);
    case "outstanding":
      for (const one of baseline.outstanding(undefined, mostRows)) yield outstandingRow(one);
      return {};
    case "history":
      yield* rowsOf(baseline.historyWithin(request.path, mostChanges), means);
      return {};
    case "changes": {
      const { transaction, since } = request;
      yield* rowsOf(baseline.changes({ transaction, since }, mostChanges), means);
      return {};
    }
    case "diff":
      return { ...diffOf(request.path, means) };
    case "accept":
      return { accepted: await integrity.inTurn(() => baseline.accept(request.paths)) };
    case "accept-transaction":
      return { accepted: await integrity.inTurn(() => baseline.acceptTransaction(request.id)) };
    case "verify":
      return { ...(await baseline.verify()) };
    case "export": {
      const chunks: string[] = [];
      await integrity.inTurn(() => baseline.export((chunk) => chunks.push(chunk)));
      yield* chunks;
      return {};
    }
    default:
      return pausedOrNot(request, means);
  }
}

function pausedOrNot(
  request: Request & { verb: "pause" | "resume" },
  { maintenance, endWindow, clock }: Means,
): Record<string, unknown> {
  if (request.verb === "pause") {
    const until = clock() + request.seconds * 1000;
    maintenance.begin(until, request.why);
    return { until };
  }
  if (!maintenance.now()) {
    throw new Failure("no maintenance is under way", {
      hint: "stockade integrity pause begins one",
    });
  }
  return endWindow();
}

async function scanned({ integrity, baseline }: Means, full: boolean) {
  const { problem, changes, milliseconds } = await integrity.scan(full);
  if (problem !== undefined) throw new Failure(`the scan ended early: ${problem}`);
  return { changes, milliseconds, files: baseline.count };
}

function statusOf({ baseline, integrity, maintenance, realtime, nextAt }: Means): StatusFacts {
  const { scanning, last } = integrity.state();
  const window = maintenance.now();
  return {
    files: baseline.count,
    realtime: realtime(),
    scanning,
    ...(last && { last: { ...last, problem: last.problem } }),
    nextAt: nextAt(),
    ...baseline.counts(),
    ...(window && {
      maintenance: {
        since: window.since,
        until: window.until,
        why: window.why,
        changes: window.changes,
      },
    }),
  };
}

function diffOf(path: BytePath, { baseline, root, hiddenBy }: Means): DiffFacts {
  const found = baseline.outstandingOf(path);
  if (!found) return { words: [] };
  const change = changeOf(found.accepted, found.now);
  const { accepted, now } = found;
  const kept = {
    before: baseline.acceptedText(path) ?? unknownIn(accepted),
    after: baseline.text(path) ?? unknownIn(now),
  };
  const isSame = accepted?.sha256 === now?.sha256;
  const text = isSame ? undefined : whatChanged(path, kept, hiddenBy(path));
  return {
    words: [headOf(change, false), ...differencesOf(change, readNames(root))],
    ...(text !== undefined && { text }),
  };
}

function outstandingRow(one: Outstanding): OutstandingRow {
  const { path, accepted, now, verdict, since, last, changes, transaction } = one;
  const action = accepted === undefined ? "added" : now === undefined ? "deleted" : "modified";
  return { path, action, verdict, since, last, changes, package: one.package, transaction };
}

function* rowsOf(past: readonly PastChange[], { root }: Means): Generator<HistoryRow> {
  const names = readNames(root);
  for (const one of past) yield historyRow(one, names);
}

function historyRow(one: PastChange, names: ReturnType<typeof readNames>): HistoryRow {
  const { at, change, verdict, transaction, reason } = one;
  const words = differencesOf(change, names);
  return {
    at,
    path: pathOf(change),
    action: change.action,
    verdict,
    package: one.package,
    transaction,
    reason,
    words: [...words],
  };
}
