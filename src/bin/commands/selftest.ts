import { join } from "node:path";
import * as z from "zod";
import { loadSettings } from "../../config/load.ts";
import { Failure } from "../../core/failure.ts";
import type { Responder } from "../../respond/client.ts";
import { type Machine, machineOf } from "../doctor/machine.ts";
import { freeAddresses } from "../selftest/addresses.ts";
import { type Arena, sweep } from "../selftest/arena.ts";
import { attack } from "../selftest/attacker.ts";
import { blockStep } from "../selftest/block-step.ts";
import { type LeftBehind, openLeftBehind } from "../selftest/left-behind.ts";
import { openReport, type Report } from "../selftest/report.ts";
import { attackOurselves, liftAll, type Means } from "../selftest/selftest.ts";
import { tellDaemon } from "../selftest/tell.ts";
import { type Context, contextOf, needRoot, withRootResponder } from "./command.ts";
import { withLock } from "./lock.ts";
import { look } from "./status.ts";

const Options = z.object({
  quick: z.boolean().default(false),
  only: z.literal("block").optional(),
  alert: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

/**
 * `stockade selftest`: attacks this server from a namespace on it and tells each step. Exit code 0 when all went well, 1 when a step
 * failed, 2 when none failed but some could not be done.
 */
export async function selftest(given: unknown): Promise<void> {
  const context = contextOf(given);
  const options = Options.parse(given);
  needRoot(context, "attack this server from a network of its own");
  const folder = join(context.root, "run/stockade");
  const report = openReport((line) => context.json || context.say(line));
  await withLock(join(folder, "selftest.lock"), async () => {
    const left = openLeftBehind(join(folder, "selftest-left.json"));
    await withRootResponder(context, (responder) =>
      run(context, options, { report, left, responder }),
    );
  });
  const failed = report.steps.filter(({ result }) => result === "failed");
  const isWhole = report.steps.every(({ result }) => result === "passed");
  if (options.alert) await tellDaemon(context, report);
  if (context.json) context.say(JSON.stringify({ ok: failed.length === 0, steps: report.steps }));
  else context.say(verdict(report));
  process.exitCode = failed.length > 0 ? 1 : isWhole ? 0 : 2;
}

interface Running {
  readonly report: Report;
  readonly left: LeftBehind;
  readonly responder: Responder;
}

async function run(context: Context, options: Options, { report, left, responder }: Running) {
  const machine = machineOf(context, await look(context));
  if (!(await isReady(machine, report))) return;
  const { settings } = loadSettings(context.paths.settings);
  const cleaning = openCleaning(machine, left, responder);
  const onSignal = () => void cleaning.clean().then(() => process.exit(143));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);
  try {
    await cleaning.before();
    const { undo } = cleaning;
    const means = { machine, settings, responder, report, isQuick: options.quick, undo };
    if (options.only === "block") await onlyBlock(means);
    else await attackOurselves(means);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    report.failed("selftest", thrown.message);
  } finally {
    await cleaning.clean();
    report.passed("traces", "attacker, device and blocks are gone; the alerts stay in alerts.log");
  }
}

/** Without the two processes nothing could come of it. */
async function isReady({ status }: Machine, report: Report): Promise<boolean> {
  const { daemon, blocks } = status;
  if (!daemon) report.failed("processes", "the daemon does not run: stockade start");
  if (!blocks) report.failed("processes", "the responder does not answer: stockade start");
  return daemon !== undefined && blocks !== undefined;
}

async function onlyBlock({ machine, responder, report, undo }: Means): Promise<void> {
  const [address] = await freeAddresses(machine, responder, 1);
  if (!address) return;
  undo.add(address);
  await blockStep(responder, address, report);
}

function openCleaning(machine: Machine, left: LeftBehind, responder: Responder) {
  let open: Arena | undefined;
  return {
    undo: {
      add: (address: (typeof left.now)[number]) => left.add(address),
      arena(arena: Arena) {
        open = arena;
      },
    },
    async before() {
      await sweep(machine.run);
      await liftAll(responder, left.before);
    },
    async clean() {
      await open?.close();
      await liftAll(responder, left.now);
      left.clear();
    },
  };
}

function verdict({ steps, began }: Report): string {
  const many = (result: string) => steps.filter((step) => step.result === result).length;
  const took = `${((Date.now() - began) / 1000).toFixed(1)} s`;
  if (many("failed") > 0)
    return `the self-test failed after ${took}: ${many("failed")} of ${steps.length} steps`;
  const skipped = many("skipped");
  return `the self-test passed in ${took}${skipped === 0 ? "" : `, but ${skipped} steps could not be done, see above`}`;
}

/** `stockade attacker`: follows the self-test's orders at standard input, in a network of its own. */
export async function attacker(): Promise<void> {
  await attack(process.stdin, process.stdout);
  process.exit();
}
