/**
 * An operator's mistake or a missing piece of the system: shown as one line and a hint, never with a stack.
 * Anything that is our own fault is an ordinary Error.
 */
export class Failure extends Error {
  readonly hint: string | undefined;
  /** sysexits(3): 64 usage, 65 bad data, 66 no input, 69 unavailable, 75 not at the moment, 77 no permission, 78 configuration. */
  readonly exitCode: number;
  /** What was found wrong together with this. */
  readonly others: readonly Failure[];

  constructor(
    message: string,
    options: {
      hint?: string | undefined;
      exitCode?: number;
      cause?: unknown;
      others?: readonly Failure[];
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 78;
    this.others = options.others ?? [];
  }
}

/** Whether it is likely to go well in a while, with nobody doing anything. */
export function isForNow(error: unknown): boolean {
  return error instanceof Failure && error.exitCode === 75;
}

/** One `Failure` that tells all of these, so that the admin can mend them at once; undefined when there are none. */
export function together([first, ...others]: readonly Failure[]): Failure | undefined {
  if (!first || others.length === 0) return first;
  const { message, hint, exitCode, cause } = first;
  return new Failure(message, { hint, exitCode, cause, others });
}

/** More mistakes than these nobody reads; they are told when these are mended. */
const mostTold = 20;

/** Maps each of them. Those for which a `Failure` is thrown are told in one, after all were tried. */
export function mapAll<T, R>(items: readonly T[], map: (item: T) => R): R[] {
  const results: R[] = [];
  const mistakes: Failure[] = [];
  for (const item of items) {
    try {
      results.push(map(item));
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      mistakes.push(...mistakesIn(thrown));
    }
  }
  refuseAll(mistakes);
  return results;
}

/** Throws them in one `Failure`, if there are any. */
export function refuseAll(mistakes: readonly Failure[]): void {
  const failure = together(mistakes.slice(0, mostTold));
  if (failure) throw failure;
}

/** Each mistake that was told together. */
export function mistakesIn(failure: Failure): Failure[] {
  return [failure, ...failure.others];
}

/** The text of whatever was thrown, for a log line. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
