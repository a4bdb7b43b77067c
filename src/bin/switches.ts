import { switchedIn, withSwitched } from "../config/observing.ts";
import type { Settings } from "../config/settings.ts";

/** The settings with what `stockade observe` has switched over. */
export interface Switches {
  configure(settings: Settings): void;
  /** What is due every second: somebody may have switched, or the time of a switch is over. */
  tick(): void;
}

/** `use` is told the settings whenever they are others. `clock` in milliseconds since 1970. */
export function openSwitches(
  path: string,
  clock: () => number,
  use: (settings: Settings) => void,
): Switches {
  let settings: Settings | undefined;
  let before = "";
  const look = (isNew: boolean) => {
    const switched = switchedIn(path, clock());
    const text = JSON.stringify(switched);
    if (!settings || (!isNew && text === before)) return;
    before = text;
    use(withSwitched(settings, switched));
  };
  return {
    configure(given) {
      settings = given;
      look(true);
    },
    tick: () => look(false),
  };
}
