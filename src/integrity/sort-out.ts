import type { Baseline } from "./baseline/baseline.ts";
import { type Cover, type Coverage, ignoring } from "./cover.ts";
import { differs } from "./difference.ts";
import type { BytePath, Entry } from "./entry.ts";
import { concernOf } from "./judging/places.ts";
import type { Looked } from "./look.ts";
import { realName } from "./real-name.ts";
import type { SeenChange } from "./seen.ts";
import type { Targets } from "./targets.ts";
import { keepable } from "./texts/what-changed.ts";
import type { Visit } from "./walk.ts";

/** Where what was found goes to. */
interface Options {
  readonly root: string;
  readonly baseline: Baseline;
  readonly coverage: Coverage;
  readonly targets: Targets;
  readonly onLearned: (entries: readonly Entry[]) => void;
}

/** A file that is not as its row says, or has none. */
export interface Pending extends Pick<Visit, "isByName"> {
  readonly looked: Looked;
  readonly before: Entry | undefined;
  readonly cover: Cover;
}

/** Whether what is there had been looked at before this began: its part of the settings to its end, and not left out then. */
export function openKnown(baseline: Baseline): (path: BytePath, area: string) => boolean {
  const known = new Map<string, boolean>();
  const wasIgnored = ignoring(baseline.ignored());
  return (path, area) => {
    const before = known.get(area) ?? baseline.isKnown(area);
    known.set(area, before);
    return before && !wasIgnored(path);
  };
}

/** Puts away what nobody has to be told, and returns the rest. */
export function sortOut(
  options: Options,
  isKnown: (path: BytePath, area: string) => boolean,
  pending: readonly Pending[],
): SeenChange[] {
  const { baseline, coverage, onLearned } = options;
  const isFirst = ({ before, looked, cover }: Pending) =>
    !before && !isKnown(looked.entry.path, cover.area);
  const others = pending.filter((one) => !isFirst(one));
  const changes = others.flatMap((one) => changeIn(one, coverage) ?? []);
  const same = others.filter((one) => !one.looked.trouble && !changeIn(one, coverage));
  refresh(same, options);
  const learned = pending.filter(isFirst);
  if (learned.length === 0) return changes;
  const entries = entriesOf(learned);
  baseline.learn(entries, textsOf(learned));
  onLearned(entries);
  return changes;
}

/** Takes in what differs in nothing that is watched. */
function refresh(same: readonly Pending[], options: Options): void {
  const isOther = ({ looked, isByName }: Pending) =>
    isByName === true && isElsewhere(looked.entry.path, options);
  const others = same.filter(isOther);
  const left = same.filter((one) => !isOther(one));
  if (others.length > 0) options.baseline.forget(entriesOf(others).map(({ path }) => path));
  if (left.length > 0) options.baseline.refresh(entriesOf(left), textsOf(left));
}

export function deleted(before: Entry, cover: Cover, coverage: Coverage): SeenChange {
  const hiddenBy = coverage.hiddenBy(before.path, cover);
  return { action: "deleted", before, after: undefined, hiddenBy, ...saidOf(cover) };
}

function changeIn({ before, looked, cover }: Pending, coverage: Coverage): SeenChange | undefined {
  const after = looked.entry;
  const hiddenBy = coverage.hiddenBy(after.path, cover);
  const more = { text: looked.text, hiddenBy, ...saidOf(cover) };
  if (!before) return { action: "added", before, after, ...more };
  if (!differs(before, after, cover.checks)) return undefined;
  return { action: "modified", before, after, ...more };
}

/** What the settings say of the file or folder. */
function saidOf({ tags, watched }: Cover): Pick<SeenChange, "tags" | "isKeys"> {
  return watched.settings.keys ? { tags, isKeys: true } : { tags };
}

function textsOf(learned: readonly Pending[]): Map<BytePath, Uint8Array> {
  const texts = new Map<BytePath, Uint8Array>();
  for (const { looked } of learned) {
    const { path } = looked.entry;
    const text = looked.text && keepable(path, looked.text);
    if (text) texts.set(path, text);
  }
  return texts;
}

/**
 * Whether a link leads to it from where it was, and its real name is watched no less and matters for the same reason: by that one it
 * is told from then on, and by no other.
 */
export function isElsewhere(path: BytePath, options: Options): boolean {
  const real = realName(options.root, path);
  if (real === undefined || real === path || concernOf(real) !== concernOf(path)) return false;
  const [own, other] = [options.targets.coverOf(path), watchedCover(real, options)];
  return own !== undefined && other !== undefined && isNoLess(other, own);
}

function isNoLess(one: Cover, other: Cover): boolean {
  const checked = ({ checks }: Cover) =>
    Object.entries(checks).flatMap(([name, is]) => (is ? name : []));
  const isAll = checked(other).every((name) => checked(one).includes(name));
  const isForKeys = ({ watched }: Cover) => watched.settings.keys === true;
  return isAll && (one.realtime || !other.realtime) && (isForKeys(one) || !isForKeys(other));
}

export function watchedCover(path: BytePath, { targets, coverage }: Options): Cover | undefined {
  const cover = targets.coverOf(path);
  return cover && !coverage.isRestricted(path, cover) ? cover : undefined;
}

function entriesOf(pending: readonly Pending[]): Entry[] {
  return pending.map(({ looked }) => looked.entry);
}
