/** The clock, going on from where it was whenever it is set back. */
export function neverBack(clock: () => number): () => number {
  let last = Number.NEGATIVE_INFINITY;
  let ahead = 0;
  return () => {
    const now = clock();
    if (now < last) ahead += last - now;
    last = now;
    return now + ahead;
  };
}
