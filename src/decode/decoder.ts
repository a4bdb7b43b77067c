/** A decoder for the messages of some programs: the first pattern that fits names the fields. */
export interface Decoder {
  readonly name: string;
  /** Program names as the syslog header gives them, without a path. */
  readonly programs: readonly string[];
  /**
   * Named groups become fields. Anchored at both ends or at text the program itself writes; what an attacker chooses
   * (a user name) is greedy before the last anchor, so that the program's own address wins. Where he also chooses what
   * follows the address, a line that can be read in two ways fits no pattern: no address rather than a wrong one. Each
   * takes time linear in the message, on any text.
   */
  readonly patterns: readonly RegExp[];
}
