import { execFile } from "node:child_process";
import { existsSync } from "node:fs";

interface Means {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly warn: (message: string) => void;
  readonly program?: string;
}

const systemdNotify = "/usr/bin/systemd-notify";
const patienceMilliseconds = 10_000;
/** Without a watchdog, until systemd has heard that we are ready. */
const againMilliseconds = 5000;

/**
 * Tells systemd that the process is up, and from then on twice in each period of the watchdog that it does not hang, see
 * sd_notify(3). Node has no sockets of the kind that systemd listens on, so a program says it; it is started by a timer of
 * the event loop, and so says that this one turns. Does nothing where systemd did not ask.
 */
export function tellSystemd({ environment, warn, program = systemdNotify }: Means): void {
  const { NOTIFY_SOCKET, WATCHDOG_USEC } = environment;
  if (!NOTIFY_SOCKET || !existsSync(program)) return;
  const watchdog = Number(WATCHDOG_USEC ?? 0) / 1000;
  let isHeard = false;
  let isTold = false;
  const say = () => {
    const words = isHeard ? ["WATCHDOG=1"] : ["READY=1", "WATCHDOG=1"];
    const options = { timeout: patienceMilliseconds, env: { NOTIFY_SOCKET, LC_ALL: "C" } };
    execFile(program, words, options, (error) => {
      isHeard ||= error === null;
      if (isHeard && watchdog === 0) clearInterval(timer);
      if (error && !isTold) warn(`systemd cannot be told that all is well: ${error.message}`);
      isTold = error !== null;
    });
  };
  const timer = setInterval(say, watchdog > 0 ? watchdog / 2 : againMilliseconds).unref();
  say();
}
