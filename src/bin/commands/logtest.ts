import { hostname } from "node:os";
import * as z from "zod";
import type { Line } from "../../core/event.ts";
import type { Decoder } from "../../decode/decoders/decoder.ts";
import { addAlertRecord } from "../../report/alert-log.ts";
import { ByteText } from "../../report/byte-text.ts";
import { openNoting } from "../../report/noting.ts";
import { type LogFile, openLogFile } from "../history/log-file.ts";
import { type HistoryLog, logOf } from "../history/log-format.ts";
import { type Judged, openJudge } from "../judge.ts";
import { type Verdicts, verdictsFor } from "../verdicts.ts";
import { type Context, contextOf } from "./command.ts";
import { type Judging, judgingAsOssec, judgingBy } from "./judging.ts";
import { readExpected } from "./logtest-expected.ts";
import { answerTo, noAnswerTo, type Tried } from "./logtest-json.ts";
import { phases, type Way } from "./logtest-phases.ts";
import { type Output, openOutput } from "./output.ts";

const Options = z.object({
  logFormat: z.string().default("syslog"),
  alerts: z.boolean().default(false),
  ossec: z.string().optional(),
  fresh: z.boolean().default(false),
  expect: z.string().optional(),
  trace: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

/**
 * `stockade logtest`: judges each line of some files, or of standard input, by the rules in force, as ossec-logtest does,
 * and remembers what frequency rules count. Time is the lines' own, or that of arrival with `--ossec`. Nothing is
 * written, mailed or blocked.
 */
export async function logtest(files: readonly string[], given: unknown): Promise<void> {
  const context = contextOf(given);
  const options = Options.parse(given);
  const expected = options.expect === undefined ? undefined : readExpected(options.expect);
  const judging =
    options.ossec === undefined ? judgingBy(context.paths) : judgingAsOssec(options.ossec);
  const output = openOutput((text) => process.stdout.write(text));
  const verdicts = verdictsFor(judging.settings, context.paths);
  const show = showing(context, options, judging, output);
  const tester = openTester({ ...judging, ...verdicts }, options, show);
  if (files.length === 0 && process.stdin.isTTY) context.warn("type one log line and press enter");
  for await (const lines of entriesOf(files.length === 0 ? ["-"] : files, options.logFormat)) {
    for (const line of lines) tester.take(line);
    output.flush();
  }
  if (expected) process.exitCode = expected(tester.last());
}

/** The entries of several logs, one after the other; a wrong format is told before the first. */
async function* entriesOf(paths: readonly string[], format: string) {
  const logs = paths.map((path) => ({
    file: openLogFile(path),
    log: logOf(path === "-" ? "stdin" : path, { format, localFiles: [] }),
  }));
  for (const { file, log } of logs) yield* entriesIn(file, log);
}

async function* entriesIn(file: LogFile, { location, format, joiner }: HistoryLog) {
  const lines = (texts: readonly string[]): Line[] => {
    const receivedAt = Date.now();
    return texts.map((text) => ({ text, location, format, receivedAt }));
  };
  for await (const texts of file.lines("empty ones too")) {
    const place = { file: lines, offset: 0 };
    yield lines(joiner ? texts.flatMap((text) => joiner.push(text, place, Date.now())) : texts);
  }
  if (joiner) yield lines(joiner.expire(Number.POSITIVE_INFINITY));
}

/** Shows a line; `judged` is undefined for one that OSSEC does not look at. */
type Show = (text: string, judged: Judged | undefined, way: Way) => void;

function openTester(judging: Judging & Verdicts, { ossec, fresh, trace }: Options, show: Show) {
  let decoders: Decoder[] = [];
  let tried: Tried[] | undefined;
  let last: Judged | undefined;
  const judge = openJudge(judging, {
    memorySize: judging.settings.global.memorySize,
    timeOf: (at) => at,
    watch: (decoder) => decoders.push(decoder),
    verdictOf: judging.verdictOf,
    ...(trace && { trace: (rule, failed) => tried && addTried(tried, rule, failed) }),
  });
  return {
    take(line: Line): void {
      const { text } = line;
      if (ossec !== undefined && Buffer.byteLength(text) < 2) {
        if (text !== "") show(text, undefined, { decoders: [], tried: undefined });
        return;
      }
      if (fresh) judge.forget();
      decoders = [];
      tried = trace ? [] : undefined;
      last = judge.judge(line);
      show(text, last, { decoders, tried });
    },
    last: () => last,
  };
}

/** A rule whose own conditions hold may still fail by what came before: then it is told again. */
function addTried(tried: Tried[], rule: number, failed: string | undefined): void {
  if (tried.at(-1)?.rule === rule && failed !== undefined) tried.pop();
  tried.push({ rule, failed: failed ?? null });
}

function showing(
  { json }: Context,
  { alerts, ossec }: Options,
  { settings }: Judging,
  output: Output,
): Show {
  if (json) {
    return (text, judged, { tried }) => {
      const answer = judged ? answerTo(text, judged, ossec !== undefined) : noAnswerTo(text);
      output.line(JSON.stringify(tried ? { ...answer, tried } : answer));
    };
  }
  if (alerts) return showingAlerts(output);
  return (text, judged, way) => {
    if (text === "" || !judged) return;
    for (const line of phases(judged, way, settings)) output.line(line);
  };
}

/** As `ossec-logtest -a`: alerts.log's records, numbered from 1. */
function showingAlerts(output: Output): Show {
  const note = openNoting(hostname().split(".")[0] ?? "");
  let number = 0;
  return (_text, judged) => {
    const alert = judged?.verdict.alert;
    if (!alert?.log) return;
    number += 1;
    const id = { second: `${Math.floor(alert.event.at / 1000)}.`, number };
    const record = new ByteText();
    addAlertRecord(note(alert, id), record);
    output.text(record.toString());
  };
}
