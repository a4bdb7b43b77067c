import { setTimeout as sleep } from "node:timers/promises";

/** What `promise` gives, or undefined after so many milliseconds. */
export async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const timer = new AbortController();
  // The only way for it to fail is the abort below, when nobody waits for it any more.
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
