/**
 * Milliseconds of CPU time that something takes in this thread, the least of several times: neither a busy machine nor the
 * first time, when patterns are compiled, is its fault.
 */
export function costOf(run: () => void, times = 3): number {
  const costs = Array.from({ length: times }, () => {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...costs);
}
