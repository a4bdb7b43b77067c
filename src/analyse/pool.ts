/** A source that a pool remembers, and its place among the others. */
export interface Member {
  readonly key: string;
  /** Where it is found by its key. */
  readonly home: Map<string, Member>;
  /** How many of its events are remembered. */
  events: number;
  /** Characters of text that are kept for it. */
  characters: number;
  /** The time of its newest event, and how long that matters, in milliseconds. */
  newest: number;
  readonly span: number;
  rank: Rank | undefined;
  newer: Member | undefined;
  older: Member | undefined;
  /** Whether it had events since it took its place. */
  isActive: boolean;
}

/** How many sources are remembered, and how many characters for them: what a spray of sources can cost. */
export interface Bounds {
  readonly sources: number;
  readonly characters: number;
}

/**
 * The memory that histories share, with one bound for all of them. Sources are ranked by how many events are remembered of
 * them: 1, 2 or 3, 4 to 7, and more. A quarter of the pool belongs to each rank, and what the others leave free. When all is
 * full the lowest rank that has more than its quarter loses the source that was quiet for longest. So a spray of new
 * sources drives out other new ones alone, and to drive out one that came n times takes a quarter of a pool of sources that
 * came about as often.
 */
export class Pool {
  readonly #bounds: Bounds;
  readonly #ranks = [new Rank(), new Rank(), new Rank(), new Rank()] as const;
  #size = 0;
  #characters = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * The member had an event at that time, and `characters` more are kept for it. Beyond the bounds others make room. So
   * do, when it is new, those whose newest event no longer matters then.
   */
  touch(member: Member, at: number, characters: number): void {
    const rank = this.#ranks[rankOf(member.events)];
    const before = member.rank;
    this.#characters += characters;
    if (before === rank) {
      member.isActive = true;
      member.characters += characters;
      rank.characters += characters;
    } else {
      before?.remove(member);
      member.characters += characters;
      rank.add(member);
      if (!before) this.#welcome(at);
    }
    if (this.#isOver()) this.#makeRoom();
  }

  #welcome(at: number): void {
    this.#size += 1;
    for (const rank of this.#ranks) {
      const last = rank.quietest();
      if (last && at - last.newest > last.span) this.#drop(last);
    }
  }

  #isOver(): boolean {
    return this.#size > this.#bounds.sources || this.#characters > this.#bounds.characters;
  }

  #makeRoom(): void {
    while (this.#isOver()) {
      const last = this.#crowded()?.quietest();
      if (!last) return;
      this.#drop(last);
    }
  }

  #crowded(): Rank | undefined {
    const { sources, characters } = this.#bounds;
    const isFull = this.#size > sources;
    return this.#ranks.find((rank) =>
      isFull ? rank.size > sources / 4 : rank.characters > characters / 4,
    );
  }

  #drop(member: Member): void {
    member.home.delete(member.key);
    member.rank?.remove(member);
    this.#size -= 1;
    this.#characters -= member.characters;
  }
}

function rankOf(events: number): 0 | 1 | 2 | 3 {
  if (events < 4) return events < 2 ? 0 : 1;
  return events < 8 ? 2 : 3;
}

/** Sources that came about as often, the quietest first, or nearly so. It is a class for speed. */
class Rank {
  size = 0;
  characters = 0;
  #oldest: Member | undefined;
  #newest: Member | undefined;

  add(member: Member): void {
    member.rank = this;
    member.isActive = false;
    member.older = this.#newest;
    if (this.#newest) this.#newest.newer = member;
    else this.#oldest = member;
    this.#newest = member;
    this.size += 1;
    this.characters += member.characters;
  }

  remove(member: Member): void {
    const { newer, older } = member;
    if (newer) newer.older = older;
    else this.#newest = older;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    member.rank = undefined;
    member.newer = undefined;
    member.older = undefined;
    this.size -= 1;
    this.characters -= member.characters;
  }

  /** Only here are those moved that had events: once, however many those were. */
  quietest(): Member | undefined {
    for (let last = this.#oldest; last?.isActive; last = this.#oldest) {
      this.remove(last);
      this.add(last);
    }
    return this.#oldest;
  }
}
