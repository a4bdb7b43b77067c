import type { Finding } from "../../core/finding.ts";
import type { Listener } from "./listener.ts";
import type { ListenerChanges } from "./listeners.ts";
import { listenerFindings, type Named } from "./words.ts";

/** So many are told one by one in ten minutes; what comes then is told together, once a minute. */
const mostAlone = 20;
const windowMilliseconds = 600_000;
const togetherMilliseconds = 60_000;

const nothing: ListenerChanges = { opened: [], reopened: [], closed: [] };
/** More are not kept until they are told. */
const mostWaiting = 5000;

type NamesFor = (all: ListenerChanges) => Promise<(listener: Listener) => Named>;

/**
 * What is to be told of the changes of each look, and no more than anybody can read. `at` is in milliseconds since 1970, `now` by
 * a clock that nobody sets.
 */
export function openNews(
  namesFor: NamesFor,
): (changes: ListenerChanges, at: number, now: number) => Promise<Finding[]> {
  let waiting = nothing;
  let [windowAt, alone, toldAt] = [Number.NEGATIVE_INFINITY, 0, 0];
  return async (changes, at, now) => {
    waiting = together(waiting, changes);
    if (now - windowAt > windowMilliseconds) [windowAt, alone] = [now, 0];
    const mustWait = alone >= mostAlone && now - toldAt < togetherMilliseconds;
    if (countOf(waiting) === 0 || mustWait) return [];
    const all = waiting;
    waiting = nothing;
    const room = mostAlone - alone;
    alone = Math.min(mostAlone, alone + countOf(all));
    toldAt = now;
    return listenerFindings(all, await namesFor(all), { at, room });
  };
}

export function countOf({ opened, reopened, closed }: ListenerChanges): number {
  return opened.length + reopened.length + closed.length;
}

function together(one: ListenerChanges, other: ListenerChanges): ListenerChanges {
  const join = (kind: keyof ListenerChanges) =>
    [...one[kind], ...other[kind]].slice(0, mostWaiting);
  return { opened: join("opened"), reopened: join("reopened"), closed: join("closed") };
}
