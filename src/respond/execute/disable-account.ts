import type { Log } from "../../core/log.ts";
import { accountOf, hasPassword, isShut, peoplesNumbers, protectionOf } from "./account.ts";
import type { Call } from "./call.ts";
import type { Done, Execution, Prepared, Program } from "./execution.ts";

const usermod = "/usr/sbin/usermod";
/** The second day of 1970, as passwd(1) advises: keys let nobody in then either. */
const longAgo = "1";
const dayMilliseconds = 86_400_000;

/**
 * Shuts accounts of people: no password and no key lets anybody in. OSSEC's script locks the password only (`passwd -l`), and
 * then a key still does. Never root's or a system account, nor one whose owner may become root, nor one that was shut before:
 * what was so before is kept and restored, and what the admin has changed in the meantime stays. `now` in milliseconds.
 */
export function disableAccount(root: string, call: Call, now: () => number, log: Log): Program {
  const prefix = root === "/" ? [] : ["--prefix", root];
  const change = async (user: string, options: readonly string[]): Promise<Done> => {
    const called = await call(usermod, [...prefix, ...options, "--", user]);
    if (called.output !== "") log.info(`usermod said: ${called.output}`);
    return called.ok ? called : { ok: false, reason: `usermod ${called.reason}: ${called.output}` };
  };
  return {
    triesAgain: true,
    pathOf: () => "/usr/lib/stockade/active-response/bin/disable-account.sh",
    async prepare({ user }): Promise<Prepared> {
      const account = user && (await accountOf(user, root));
      if (!account) return { ok: false, reason: "there is no such account here", isRight: true };
      const protection = protectionOf(account, await peoplesNumbers(root));
      const because =
        protection ??
        (isShut(account, now() / dayMilliseconds) ? "somebody has disabled it before" : undefined);
      if (because !== undefined) return { ok: false, reason: because, isRight: true };
      const { expires } = account;
      return { ok: true, account: { expires, hadPassword: hasPassword(account) } };
    },
    add: ({ user = "", account }) =>
      change(user, [...(account?.hadPassword ? ["--lock"] : []), "--expiredate", longAgo]),
    async delete({ user = "", account: before }: Execution): Promise<Done> {
      const account = await accountOf(user, root);
      if (!account || !before) return { ok: true };
      const isLocked = before.hadPassword && account.password.startsWith("!");
      const isOurs = account.expires === longAgo;
      const options = [
        ...(isLocked ? ["--unlock"] : []),
        ...(isOurs ? ["--expiredate", before.expires] : []),
      ];
      return options.length === 0 ? { ok: true } : change(user, options);
    },
  };
}
