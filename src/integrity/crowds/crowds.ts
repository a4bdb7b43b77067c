import type { Finding } from "../../core/finding.ts";
import type { BytePath, JudgedChange } from "../entry.ts";
import { pathOf } from "../judging/facts.ts";
import { tagsOf } from "../words/tags.ts";
import { decoderOf } from "../words.ts";
import {
  afterTelling,
  type Crowd,
  isDue,
  type Joining,
  joined,
  type Kind,
  keyOf,
} from "./crowd.ts";
import { findTogether } from "./folder.ts";
import { type Gathered, mayBeGathered } from "./kind.ts";
import { openRecent } from "./recent.ts";
import { crowdFinding } from "./words.ts";

/** What is told one by one, and what is told together; nothing is remembered of it yet. */
export interface Sorted {
  readonly alone: readonly JudgedChange[];
  readonly joining: readonly Joining[];
  /** Of those alone the ones that more of their kind may follow. */
  readonly few: readonly Few[];
}

interface Few {
  readonly kind: Kind;
  readonly judged: readonly JudgedChange[];
}

/** Many changes of one kind below one folder become one finding, and a few more while others follow. */
export interface Crowds {
  /** `times`: how often a file has changed with this change, from 1. */
  sort(judged: readonly JudgedChange[], times: (path: BytePath) => number): Sorted;
  /** Counts what was sorted: to be called before it is taken into the baseline, so that a kill loses none. */
  keep(sorted: Sorted): void;
  /** Has told what is due by now. Only then it counts as told: where `tell` throws, or is killed, it is due again. */
  tellDue(tell: (findings: readonly Finding[]) => void): void;
}

/** Of more folders at once nothing is remembered: each is told when the next one comes. */
const mostCrowds = 100;

/** Opens them as they were kept. `kept`: what `save` was given last. `clock` in milliseconds since 1970. */
export function openCrowds(
  kept: readonly Crowd[],
  save: (crowds: readonly Crowd[]) => void,
  clock: () => number,
): Crowds {
  let crowds = [...kept];
  const recent = openRecent(clock);
  return {
    sort(judged, times) {
      const few = byKind(judged.filter(mayBeGathered), times);
      const sorted = few.map((one) => sortKind(one, crowds, recent.of(keyOf(one.kind))));
      const others = judged.filter((one) => !mayBeGathered(one));
      return {
        alone: [...others, ...sorted.flatMap((one) => one.few.judged)],
        few: sorted.map((one) => one.few),
        joining: sorted.flatMap((one) => one.joining),
      };
    },
    keep({ few, joining }) {
      for (const { kind, judged } of few) recent.note(keyOf(kind), pathsOf(judged));
      if (joining.length === 0) return;
      for (const one of joining) crowds = joined(crowds, one, clock());
      save(crowds);
    },
    tellDue(tell) {
      const now = clock();
      const due = new Set(
        crowds.filter((one, n) => isDue(one, now) || crowds.length - n > mostCrowds),
      );
      if (due.size === 0) return;
      tell([...due].filter(({ untold }) => untold > 0).map((one) => crowdFinding(one, now)));
      crowds = crowds
        .flatMap((one) => (due.has(one) ? afterTelling(one, now) : [one]))
        .slice(-mostCrowds);
      save(crowds);
    },
  };
}

function byKind(judged: readonly Gathered[], times: (path: BytePath) => number): Few[] {
  const all = new Map<string, { kind: Kind; judged: JudgedChange[] }>();
  for (const one of judged) {
    const decoder = decoderOf(one.change, times(pathOf(one.change)));
    const kind = { decoder, verdict: one.verdict, tags: tagsOf([one]).tags ?? "" };
    const few = all.get(keyOf(kind));
    if (few) few.judged.push(one);
    else all.set(keyOf(kind), { kind, judged: [one] });
  }
  return [...all.values()];
}

/** Which go with a crowd that is known, which make a new one, with those that were told a moment ago, and which are few. */
function sortKind({ kind, judged }: Few, crowds: readonly Crowd[], recent: readonly BytePath[]) {
  const folders = crowds.filter((one) => keyOf(one.kind) === keyOf(kind)).map((one) => one.folder);
  const joining = new Map<BytePath, JudgedChange[]>();
  let left = judged;
  const join = (folder: BytePath) => {
    const isInside = ({ change }: JudgedChange) => isWithin(pathOf(change), folder);
    const inside = left.filter(isInside);
    left = left.filter((one) => !isInside(one));
    if (inside.length > 0) joining.set(folder, inside);
  };
  for (const folder of folders) join(folder);
  const paths = new Set([...recent, ...pathsOf(left)]);
  for (const folder of findTogether([...paths])) join(folder);
  return {
    few: { kind, judged: left },
    joining: [...joining].map(([folder, inside]) => ({ kind, folder, judged: inside })),
  };
}

function pathsOf(judged: readonly JudgedChange[]): BytePath[] {
  return judged.map(({ change }) => pathOf(change));
}

function isWithin(path: BytePath, folder: BytePath): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
