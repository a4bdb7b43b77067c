import { Failure, reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";

/** A configuration and what is opened by it. They change together, or not at all. */
export interface InForce<Configuration, Opened> {
  readonly configuration: Configuration;
  readonly opened: Opened;
  /** Loads and opens anew. Whatever fails is thrown, and what was in force stays so, as a whole. */
  renew(): void;
}

/** Throws what `load` and `open` throw. */
export function openInForce<Configuration, Opened>(
  load: () => Configuration,
  open: (configuration: Configuration) => Opened,
): InForce<Configuration, Opened> {
  const read = () => {
    const configuration = load();
    return { configuration, opened: open(configuration) };
  };
  let current = read();
  return {
    get configuration() {
      return current.configuration;
    },
    get opened() {
      return current.opened;
    },
    renew() {
      current = read();
    },
  };
}

/** Renews it. Returns why that was refused, and tells the log; undefined when the new is in force. */
export function renew(inForce: InForce<unknown, unknown>, log: Log): string | undefined {
  try {
    inForce.renew();
    return undefined;
  } catch (thrown) {
    // Whatever it is: what protects now goes on.
    const problem = reasonOf(thrown);
    log.error(`reload refused, the old settings stay in force: ${problem}`);
    const others = thrown instanceof Failure ? thrown.others : [];
    for (const { message } of others) log.error(`reload refused, too: ${message}`);
    return problem;
  }
}
