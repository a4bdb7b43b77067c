import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Paths, pathsBelow } from "../config/paths.ts";
import type { RespondSettings } from "../config/settings.ts";
import { systemFacts } from "../config/untouchables/facts.ts";
import { type KeptList, keepList } from "../config/untouchables/kept-list.ts";
import type { Request } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { activeResponsesLog, zoneFrom } from "../respond/active-responses.ts";
import { answer } from "../respond/answer.ts";
import { Blocks } from "../respond/blocks.ts";
import { blocksFile } from "../respond/blocks-file.ts";
import type { Firewall } from "../respond/firewall.ts";
import { firewallDrop } from "../respond/firewall-drop.ts";
import { firstWorking } from "../respond/firewalls/first-working.ts";
import { ipset } from "../respond/firewalls/ipset.ts";
import { nullFirewall } from "../respond/firewalls/null.ts";
import { plainRules } from "../respond/firewalls/plain-rules.ts";
import { maxPlainRules } from "../respond/firewalls/rule-list.ts";
import { groupNumber } from "../respond/group.ts";
import { createGuard } from "../respond/guard.ts";
import { hostDeny } from "../respond/host-deny.ts";
import { type SettingsSource, settingsSource } from "../respond/last-good.ts";
import { namesFile } from "../respond/names-file.ts";
import { run } from "../respond/run.ts";
import { serve } from "../respond/serve.ts";
import { openSessions } from "../respond/sessions.ts";
import { systemClocks } from "../respond/steady-clock.ts";
import { begin, rootFrom, underSystemd } from "./begin.ts";
import { guardAgainstHang } from "./hang-guard.ts";
import { listen, listenForOwner } from "./listen.ts";

const reconcileSeconds = 30;
const refreshSeconds = 300;
/** How soon another address, gateway or resolver of this machine is noticed. */
const lookSeconds = 5;
/** A resolver that is away must not keep the responder from starting; names are asked for again soon. */
const maxFirstRefreshSeconds = 5;
const hangSeconds = Number(process.env["STOCKADE_HANG_SECONDS"] ?? 60);
/** In the place of those who are logged in. */
const nobody = { untouchables: () => [], replace: async () => {} };

await begin("stockade-respond", (log) => main(rootFrom("stockade-respond"), log));

async function main(root: string, log: Log): Promise<void> {
  const paths = pathsBelow(root, root);
  const source = settingsSource(paths.respondSettings, keptIn(paths, "settings.json"), log);
  const settings = await source.first();
  const group = (await groupNumber("stockade")) ?? process.getegid?.() ?? 0;
  const { list, sessions, blocks } = await openBlocks(paths, group, log);
  const servers = [createServer(), createServer()] as const;
  const begin = async () => {
    await listen(servers[0], paths.respondSocket, group);
    await listenForOwner(servers[1], paths.respondRootSocket);
    const patience = sleep(maxFirstRefreshSeconds * 1000, undefined, { ref: false });
    await Promise.race([list.refresh(settings.whiteList), patience]);
    return blocks.restore();
  };
  const begun = begin();
  const refresh = stayOn({ settings, source, list, blocks, begun, log });
  // Requests that come early wait until it is known whom not to block.
  const handle = (isRoot: boolean) => (request: Request) =>
    begun.then(() => answer(request, { blocks, sessions, refresh, log, isRoot, tell }));
  const tell = serve(servers[0], handle(false), log);
  serve(servers[1], handle(true), log);
  const placed = await begun;
  // Where there is no systemd, the supervisor watches.
  if (underSystemd) guardAgainstHang(hangSeconds, log.warn);
  log.info(`ready, ${blocks.list().length} blocks in force; put in place: ${said(placed)}`);
  process.once("SIGTERM", () => void end(servers, blocks));
  process.once("SIGINT", () => void end(servers, blocks));
}

function keptIn({ respondState }: Paths, name: string): string {
  return join(respondState, name);
}

async function openBlocks(paths: Paths, group: number, log: Log) {
  const names = namesFile(keptIn(paths, "names.json"), log);
  const list = keepList({
    facts: systemFacts(paths.allowed, paths.root),
    log,
    names: await names.load(),
    keep: names.save,
  });
  const sessions = await openSessions(keptIn(paths, "sessions.json"), systemClocks.wall, log);
  const blocks = new Blocks({
    responses: [
      ...([4, 6] as const).map((family) =>
        firewallDrop(firewall(family, log), systemClocks.wall, log),
      ),
      hostDeny(paths.hostsDeny),
    ],
    guard: createGuard(list, sessions),
    guardOfBans: createGuard(list, nobody),
    file: blocksFile(keptIn(paths, "blocks.json"), log),
    journal: activeResponsesLog(paths.activeResponsesLog, group, zoneFrom(run), log),
    clocks: systemClocks,
    log,
  });
  return { list, sessions, blocks };
}

function firewall(family: 4 | 6, log: Log): Firewall {
  if (process.env["STOCKADE_FIREWALL"] === "null")
    return nullFirewall(family, (message) => log.info(message));
  const costs = `each block is a rule that every packet passes, ${maxPlainRules} at the most`;
  return firstWorking(ipset(family, run), plainRules(family, run), costs, log);
}

interface Standing {
  readonly settings: RespondSettings;
  readonly source: SettingsSource;
  readonly list: KeptList;
  readonly blocks: Blocks;
  readonly begun: Promise<unknown>;
  readonly log: Log;
}

/**
 * What has to be done again and again, and when the admin asks for it. The answer looks at once, without a resolver, for
 * what must not be blocked, and resolves to the blocks that were lifted for it.
 */
function stayOn({ settings: first, source, list, blocks, begun, log }: Standing) {
  let settings = first;
  const refresh = async () => {
    await list.refresh(settings.whiteList);
    await blocks.liftUntouchable();
  };
  const reload = async () => {
    try {
      settings = await source.again();
      log.info("the settings were read again");
    } catch (error) {
      log.error(`${reasonOf(error)}; the old settings stay`);
    }
    await refresh();
    await reconcile();
  };
  const reconcile = async () => {
    const repaired = await blocks.reconcile();
    if (repaired.length > 0) log.warn(`somebody changed this, put right: ${said(repaired)}`);
  };
  process.on("SIGHUP", () => void begun.then(reload));
  setInterval(() => void refresh(), refreshSeconds * 1000);
  setInterval(
    () => void list.hasChanged().then((changed) => (changed ? refresh() : undefined)),
    lookSeconds * 1000,
  );
  setInterval(() => void reconcile(), reconcileSeconds * 1000);
  // The first list may have been made without the names of the white list.
  void begun.then(refresh);
  return async () => {
    await list.look(settings.whiteList);
    const lifted = await blocks.liftUntouchable();
    void refresh();
    return lifted;
  };
}

async function end(servers: readonly Server[], blocks: Blocks): Promise<void> {
  for (const server of servers) server.close();
  await blocks.close();
  process.exit(0);
}

function said(parts: readonly string[]): string {
  return parts.length === 0 ? "nothing" : parts.join(", ");
}
