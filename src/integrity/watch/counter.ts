import { readFileSync } from "node:fs";

/**
 * Says whether so many events came at one stroke that the kernel may have dropped some. Node does not pass on that its
 * queue was full (IN_Q_OVERFLOW, see inotify(7)); but it empties the queue in one turn of the event loop, so a full one
 * shows as that many events in one turn. Says so once in a turn.
 */
export function openCounter(most: number): () => boolean {
  let count = 0;
  return () => {
    if (count === 0) {
      setImmediate(() => {
        count = 0;
      });
    }
    count += 1;
    return count === Math.ceil(most);
  };
}

/** How many events the kernel keeps for us. */
export function queueLength(): number {
  try {
    return Number(readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8")) || usualLength;
  } catch {
    return usualLength;
  }
}

const usualLength = 16_384;
