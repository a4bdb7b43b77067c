import { whole } from "../../config/numbers.ts";
import { type Element, refuse } from "../../config/xml.ts";
import { Failure } from "../../core/failure.ts";

/** A `<rule>` that is being read. */
export interface Reading {
  readonly element: Element;
  readonly file: string;
  /** Whether OSSEC's ways of reading are wanted, oddities included. */
  readonly compatible: boolean;
}

/** The text of all children of that name, joined with nothing between: OSSEC's way. Undefined when there is none. */
export function joined({ element }: Reading, name: string): string | undefined {
  const found = element.children.filter((child) => child.name === name);
  return found.length === 0 ? undefined : found.map((child) => child.text).join("");
}

/** The last child of that name, for elements of which the last one counts. */
export function lastOf({ element }: Reading, name: string): Element | undefined {
  return element.children.findLast((child) => child.name === name);
}

/** Runs `read`; a `Failure` it throws is told with file, line and element. */
export function attempt<T>(file: string, element: Element, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Failure) throw refuse(file, element, thrown.message, thrown.hint);
    throw thrown;
  }
}

/** The largest value of each number, and how many digits OSSEC reads of it. */
const limits: Readonly<Record<string, { readonly most: number; readonly digits: number }>> = {
  id: { most: 99_999_999, digits: 6 },
  level: { most: 16, digits: 4 },
  maxsize: { most: 9999, digits: 4 },
  timeframe: { most: 99_999, digits: 5 },
  frequency: { most: 9999, digits: 4 },
  accuracy: { most: 1, digits: 4 },
  ignore: { most: 999_999, digits: 6 },
};

/**
 * Reads the numbers among a rule's attributes; undefined for an absent one. OSSEC takes the leading digits of a number
 * that is too long and leaves the default when there is none at all (`rules.c`); otherwise both are refused.
 */
export function numbersOf({ element, file, compatible }: Reading) {
  return (name: string): number | undefined => {
    const value = element.attributes[name];
    const limit = limits[name];
    if (value === undefined || !limit) return undefined;
    if (compatible && value === "") return undefined;
    if (compatible && /^\d+$/.test(value)) return Number(value.slice(0, limit.digits));
    return attempt(file, element, () => {
      try {
        return whole(value, 0, limit.most);
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        throw new Failure(
          `has ${name}="${value}", expected a whole number from 0 to ${limit.most}`,
        );
      }
    });
  };
}
