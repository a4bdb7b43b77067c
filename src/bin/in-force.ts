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
