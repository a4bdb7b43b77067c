import { type Address, parseAddress } from "../core/address.ts";
import type { Category, Event, Fields, VerdictOf } from "../core/event.ts";
import type { AlertVerdict } from "../core/verdict.ts";

/** What a reader says of a line; the rest follows from it. */
export interface Read {
  readonly at: number;
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly location: string;
  readonly log: string;
  readonly fullLog: string;
  readonly decoder: string | undefined;
  readonly category: Category;
  readonly fields: Fields;
  readonly fts?: readonly string[] | undefined;
  readonly times?: number;
  readonly byPlugin?: boolean;
  readonly originalRule?: number | undefined;
  readonly evidence?: readonly string[];
}

/** An event that parses its addresses, and is judged, when somebody asks: most lines raise no question. */
export class DecodedEvent implements Event {
  readonly at: number;
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly location: string;
  readonly log: string;
  readonly fullLog: string;
  readonly decoder: string | undefined;
  readonly category: Category;
  readonly fields: Fields;
  readonly fts: readonly string[] | undefined;
  readonly times: number;
  readonly byPlugin: boolean;
  readonly originalRule: number | undefined;
  readonly evidence: readonly string[];
  #srcip: Address | undefined | typeof notAsked = notAsked;
  #dstip: Address | undefined | typeof notAsked = notAsked;
  #verdict: AlertVerdict | undefined | typeof notAsked = notAsked;
  readonly #verdictOf: VerdictOf | undefined;

  constructor(read: Read, verdictOf: VerdictOf | undefined) {
    this.#verdictOf = verdictOf;
    this.at = read.at;
    this.host = read.host;
    this.program = read.program;
    this.location = read.location;
    this.log = read.log;
    this.fullLog = read.fullLog;
    this.decoder = read.decoder;
    this.category = read.category;
    this.fields = read.fields;
    this.fts = read.fts;
    this.times = read.times ?? 1;
    this.byPlugin = read.byPlugin ?? false;
    this.originalRule = read.originalRule;
    this.evidence = read.evidence ?? none;
  }

  get srcip(): Address | undefined {
    if (this.#srcip === notAsked) this.#srcip = addressIn(this.fields["srcip"]);
    return this.#srcip;
  }

  get dstip(): Address | undefined {
    if (this.#dstip === notAsked) this.#dstip = addressIn(this.fields["dstip"]);
    return this.#dstip;
  }

  get verdict(): AlertVerdict | undefined {
    if (this.#verdict === notAsked) this.#verdict = this.#verdictOf?.(this);
    return this.#verdict;
  }
}

const notAsked = null;
const none: readonly string[] = Object.freeze([]);

function addressIn(text: string | undefined): Address | undefined {
  return text === undefined ? undefined : parseAddress(text);
}
