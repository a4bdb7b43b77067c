import { Failure, together } from "../core/failure.ts";
import { type Element, type Notice, refuse } from "./xml.ts";

/** What the readers of one settings file find besides the settings. */
export interface Findings {
  readonly file: string;
  readonly notices: Notice[];
  /** Something the admin should know of an element, or of the file as a whole. */
  note(message: string, element?: Element): void;
  /** Runs `read`. A `Failure` it throws is kept, with file, line and element in front where they are given. */
  attempt<T>(read: () => T, element?: Element): T | undefined;
  /** Throws what was kept, all of it together. */
  refuseMistakes(): void;
}

/** More mistakes than these nobody reads; they are told when these are mended. */
const most = 50;

export function openFindings(file: string): Findings {
  const notices: Notice[] = [];
  const mistakes: Failure[] = [];
  return {
    file,
    notices,
    note(message, element) {
      const named = element ? `<${element.name}> ${message}` : message;
      notices.push({ file, line: element?.line ?? 1, message: named });
    },
    attempt(read, element) {
      try {
        return read();
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        mistakes.push(element ? refuse(file, element, thrown.message, thrown.hint) : thrown);
        return undefined;
      }
    },
    refuseMistakes() {
      const failure = together(mistakes.slice(0, most));
      if (failure) throw failure;
    },
  };
}
