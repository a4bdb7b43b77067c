interface Rests {
  /** At least so long from one ring to the next, so that thousands of ends cost few programs. */
  readonly restMilliseconds: number;
  /** Rings after so long in any case, so that a clock that was set is noticed. */
  readonly maxSleepMilliseconds: number;
}

/** Rings once at the earliest of the times that it was told, in milliseconds since 1970. */
export interface Alarm {
  ringAt(time: number): void;
  /** It never rings again. */
  stop(): void;
}

export function alarm(
  now: () => number,
  ring: () => void,
  { restMilliseconds, maxSleepMilliseconds }: Rests,
): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let set = Number.POSITIVE_INFINITY;
  let restUntil = Number.NEGATIVE_INFINITY;
  return {
    ringAt(time) {
      if (time >= set) return;
      clearTimeout(timer);
      set = time;
      const rest = Math.max(0, restUntil - performance.now());
      const sleep = Math.min(maxSleepMilliseconds, Math.max(rest, time - now()));
      timer = setTimeout(() => {
        set = Number.POSITIVE_INFINITY;
        restUntil = performance.now() + restMilliseconds;
        ring();
      }, sleep);
    },
    stop() {
      clearTimeout(timer);
      set = Number.NEGATIVE_INFINITY;
    },
  };
}
