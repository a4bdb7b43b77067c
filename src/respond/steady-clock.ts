/** The two clocks of a machine, in milliseconds: the one that people set and the one that only ever goes forward. */
export interface Clocks {
  wall(): number;
  monotonic(): number;
}

export const systemClocks: Clocks = { wall: Date.now, monotonic: () => performance.now() };

/** A smaller difference is the ordinary pull of a time server. */
const jumpMilliseconds = 1000;

/**
 * Tells by how many milliseconds the wall clock was set since it was last asked, 0 when it just went on. Times that
 * were noted before such a jump are moved by it, so that a block neither ends early nor lasts for ever.
 */
export function jumpDetector({ wall, monotonic }: Clocks): () => number {
  let offset = wall() - monotonic();
  return () => {
    const jump = Math.round(wall() - monotonic() - offset);
    if (Math.abs(jump) < jumpMilliseconds) return 0;
    offset += jump;
    return jump;
  };
}
