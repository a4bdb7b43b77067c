/** How the end of a block is written into its rule. `end` is in seconds since 1970. */
export interface EndMark {
  write(end: number): string;
  /** Undefined when a rule's conditions are not this mark. */
  read(conditions: string): number | undefined;
}

/** The kernel lets a rule match until the second `--datestop` is over, in UTC: xt_time, see iptables-extensions(8). */
const byKernel: EndMark = {
  write: (end) => `-m time --datestop ${new Date((end - 1) * 1000).toISOString().slice(0, 19)}`,
  read(conditions) {
    const [, stop] = /^-m time --datestop ([-\dT:]{19})$/.exec(conditions) ?? [];
    return stop === undefined ? undefined : Date.parse(`${stop}Z`) / 1000 + 1;
  },
};

/** Only said: where the kernel knows no xt_time a rule lasts until we take it away. */
const bySweeper: EndMark = {
  write: (end) => `-m comment --comment "stockade until ${end}"`,
  read(conditions) {
    const [, end] = /^-m comment --comment "stockade until (\d{1,12})"$/.exec(conditions) ?? [];
    return end === undefined ? undefined : Number(end);
  },
};

/** The better one first. */
export const endMarks: readonly EndMark[] = [byKernel, bySweeper];
