import type { Paths } from "../../config/paths.ts";
import { readStatus } from "../status-file.ts";
import { contextOf, withResponder } from "./command.ts";

/** Whether a process has given a sign of life since it was asked last. */
type Lives = () => boolean | Promise<boolean>;

/** The daemon writes its status every two seconds. */
export function daemonLives({ daemonStatus }: Paths): Lives {
  let last = readStatus(daemonStatus)?.writtenAt;
  return () => {
    const writtenAt = readStatus(daemonStatus)?.writtenAt;
    const isNew = writtenAt !== undefined && writtenAt !== last;
    last = writtenAt;
    return isNew;
  };
}

/** The responder answers. */
export function responderLives(root: string): Lives {
  const context = contextOf({ root });
  return async () => {
    try {
      const ask = withResponder(context, (responder) => responder.ask({ verb: "count" }, 2000));
      return (await ask).ok;
    } catch {
      // Nobody answers in time.
      return false;
    }
  };
}

/**
 * What systemd's watchdog is elsewhere: calls `kill` when a process that lived gives no sign of life for so long. Returns what
 * ends the watch. A process that starts has all the time it wants.
 */
export function watchForHang(lives: Lives, kill: () => void, patienceMilliseconds: number) {
  let lastSign: number | undefined;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    if (await lives()) lastSign = performance.now();
    isLooking = false;
    if (lastSign !== undefined && performance.now() - lastSign > patienceMilliseconds) kill();
  };
  const timer = setInterval(() => void look(), patienceMilliseconds / 6);
  return () => clearInterval(timer);
}
