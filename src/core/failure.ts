/**
 * An operator's mistake or a missing piece of the system: shown as one line and a hint, never with a stack.
 * Anything that is our own fault is an ordinary Error.
 */
export class Failure extends Error {
  readonly hint: string | undefined;
  /** sysexits(3): 64 usage, 65 bad data, 66 no input, 69 unavailable, 77 no permission, 78 configuration. */
  readonly exitCode: number;

  constructor(
    message: string,
    options: { hint?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 78;
  }
}

/** The text of whatever was thrown, for a log line. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
