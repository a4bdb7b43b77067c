import type { Event, Line } from "../core/event.ts";
import { openAnsibleRuns } from "./ansible-runs.ts";
import { type LoginPlacesMeans, loginIn, openLoginPlaces } from "./login-places.ts";

/** What the daemon itself notices in events, over a longer time than rules look at. */
export interface Noticing {
  see(event: Event, line: Line): void;
  /** What is due every second. */
  tick(): void;
}

export function openNoticing(means: LoginPlacesMeans): Noticing {
  const { say, clock } = means;
  const places = openLoginPlaces(means);
  const ansible = openAnsibleRuns({ say: (text) => say(text, []), clock });
  return {
    see(event, line) {
      const login = loginIn(event, line);
      if (login) {
        places.see(login, line.text);
        ansible.login(login.who);
      } else ansible.see(event);
    },
    tick: ansible.tick,
  };
}
