import * as z from "zod";
import { maxRequestBytes, Request } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";

export type Read =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly reason: string };

export const tooLong: Read = {
  ok: false,
  reason: `a request is longer than ${maxRequestBytes} bytes`,
};

/** What a line asks for, or why it asks for nothing. */
export function readRequest(line: string): Read {
  try {
    return { ok: true, request: Request.parse(JSON.parse(line)) };
  } catch (error) {
    const reason = error instanceof z.ZodError ? firstIssue(error) : reasonOf(error);
    return { ok: false, reason: `not a request: ${reason.slice(0, 200)}` };
  }
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return issue ? `${issue.path.join(".")}: ${issue.message}` : "it has the wrong shape";
}
