/** A decoder for the messages of some programs: the first pattern that fits names the fields. */
export interface Decoder {
  readonly name: string;
  /** Program names exactly as the syslog header gives them. */
  readonly programs: readonly string[];
  /**
   * Named groups become fields. Anchored at both ends or at text the program itself writes; what an attacker chooses
   * (a user name) is greedy before the last anchor, so that the program's own address wins.
   */
  readonly patterns: readonly RegExp[];
}
