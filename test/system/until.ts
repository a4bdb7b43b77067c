import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks `look` ten times a second until it gives something (neither undefined nor false) and returns that. After
 * `seconds` it throws, naming `what` was waited for and what the last look said or threw.
 */
export async function until<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  let reason = "";
  do {
    const found = await look().catch((thrown: unknown) => {
      reason = `: ${String(thrown)}`;
      return undefined;
    });
    if (found !== undefined && found !== false) return found;
    await pause(100);
  } while (performance.now() < deadline);
  throw new Error(`waited ${seconds} s in vain until ${what}${reason}`);
}

/** Does `work` and says how long it took. */
export async function stage<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    process.stdout.write(`  ${((performance.now() - start) / 1000).toFixed(1)} s  ${name}\n`);
  }
}
