import type { Event } from "../core/event.ts";
import { printable } from "../core/printable.ts";

/** What Ansible does here as root. */
export interface AnsibleRuns {
  /** Looks whether the event is a module of Ansible at work. */
  see(event: Event): void;
  /** Somebody has logged in, in words. */
  login(who: string): void;
  /** Call it every second: a run is over, and told, when it has been silent for a while. */
  tick(): void;
}

interface Means {
  readonly say: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

interface Run {
  readonly from: number;
  to: number;
  modules: number;
  /** What they did, each once. */
  readonly steps: Set<string>;
  readonly after: string | undefined;
}

const silence = 60_000;
/** Who logged in longer ago did not begin this run. */
const longestLogin = 600_000;
const mostSteps = 30;

/**
 * Sees runs of Ansible by what its modules tell syslog, "ansible-copy: Invoked with dest=…", and tells each as one message. It
 * takes nothing away: whoever is root can write such lines, too.
 */
export function openAnsibleRuns({ say, clock }: Means): AnsibleRuns {
  let run: Run | undefined;
  let lastLogin: { readonly who: string; readonly at: number } | undefined;
  const begin = (now: number): Run => {
    const after = lastLogin && now - lastLogin.at < longestLogin ? lastLogin.who : undefined;
    return { from: now, to: now, modules: 0, steps: new Set(), after };
  };
  return {
    see(event) {
      const step = stepIn(event);
      if (step === undefined) return;
      run ??= begin(clock());
      run.to = clock();
      run.modules += 1;
      if (step !== "" && run.steps.size <= mostSteps) run.steps.add(step);
    },
    login(who) {
      lastLogin = { who, at: clock() };
    },
    tick() {
      if (!run || Math.abs(clock() - run.to) < silence) return;
      say(`stockade: ${wordsOf(run)}`);
      run = undefined;
    },
  };
}

/** With Python's binding for the journal all are "python3: ansible-copy Invoked with …". */
const spoken = /^ansible-(\S+)$/;
const invoked = /^(?:ansible-(\S+) )?Invoked with /;
/** Modules that only look. */
const looking = /^(?:setup|stat|slurp|ping|find|getent|gather_facts|package_facts|service_facts)$/;
/** Of what a module was given, what it was about; what may be a secret is not among them. */
const about = ["dest", "path", "name", "deb", "repo", "key", "url", "user"];

/** What a module does, in two words; "" for one that only looks, undefined for any other event. */
function stepIn({ program = "", log }: Event): string | undefined {
  const isPython = /^python[\d.]*$/.test(program);
  if (!isPython && !program.startsWith("ansible-")) return undefined;
  const found = invoked.exec(log);
  const full = spoken.exec(program)?.[1] ?? found?.[1];
  if (!found || full === undefined) return undefined;
  const name = full.split(".").at(-1) ?? full;
  if (looking.test(name)) return "";
  const given = log.slice(found[0].length);
  return printable(`${name} ${subjectOf(given)}`.trim());
}

const longestSubject = 80;

function subjectOf(given: string): string {
  const [, command] = /(?:^| )_raw_params=(\S+)/.exec(given) ?? [];
  if (command !== undefined) return command.slice(0, longestSubject);
  for (const key of about) {
    const [, value = "None"] = new RegExp(`(?:^| )${key}=(\\S+)`).exec(given) ?? [];
    if (value !== "None" && value !== "") {
      return value.replace(/:\/\/[^/@]*@/, "://").slice(0, longestSubject);
    }
  }
  return "";
}

function wordsOf({ from, to, modules, steps, after }: Run): string {
  const named = [...steps].slice(0, mostSteps);
  const list = steps.size > mostSteps ? [...named, "and more"] : named;
  const did = list.length === 0 ? "looked and changed nothing" : list.join(", ");
  const seconds = Math.max(1, Math.round((to - from) / 1000));
  const last = after === undefined ? "" : `; the last login before was ${after}`;
  return `Ansible ran ${modules} module${modules === 1 ? "" : "s"} in ${seconds} s: ${did}${last}`;
}
