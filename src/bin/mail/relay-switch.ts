import { existsSync } from "node:fs";
import { execa } from "execa";
import { Failure, reasonOf } from "../../core/failure.ts";
import type { Account } from "../../report/relay.ts";
import { installed } from "../place.ts";
import type { Tried } from "./relay-search.ts";

/**
 * Has Postfix send through what works from now on, and what waits at once. Returns settings that stay because the admin has
 * changed them. Throws a `Failure` where that cannot be.
 */
export async function switchRelay(
  works: Tried & { readonly answer: { readonly verified: boolean } },
  account: Account | undefined,
): Promise<readonly string[]> {
  const script = installed("set-up-mail");
  if (!existsSync(script)) throw new Failure("this Stockade was not installed", { exitCode: 69 });
  const { host, port, answer } = works;
  const relay = ["--relay", host, String(port), trust(answer)];
  // On standard input, where no list of processes shows it.
  const input = account ? `${account.user}:${account.password}\n` : "\n";
  const said = await execa(script, ["--remember", ...relay], { input, reject: false });
  if (said.failed) {
    const reason = said.stderr.trim() || reasonOf(said);
    throw new Failure(`Postfix was not set up: ${reason}`, {
      hint: "is /etc writable? postfix check",
      exitCode: 69,
    });
  }
  await execa("postfix", ["reload"], { reject: false });
  await execa("postqueue", ["-f"], { reject: false });
  return said.stdout.split("\n").filter((line) => line.startsWith("kept "));
}

export function trust({ verified }: { readonly verified: boolean }): string {
  return verified ? "verified" : "unverified";
}
