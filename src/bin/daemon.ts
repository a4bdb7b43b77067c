import { type Memory, openMemory } from "../analyse/memory.ts";
import { openPositions, type Positions } from "../collect/logs/positions.ts";
import { openSources } from "../collect/sources.ts";
import type { Paths } from "../config/paths.ts";
import { ownAddresses } from "../config/untouchables/facts.ts";
import type { Line } from "../core/event.ts";
import type { Log } from "../core/log.ts";
import { type Mailer, openMailer, type Sender } from "../report/mailer.ts";
import { type AlertRecord, openRecord } from "../report/record.ts";
import { connectResponder, type Responder } from "../respond/client.ts";
import { connectExecutor } from "../respond/client-execute.ts";
import { openVerdicts, type Verdicts } from "../verdict/verdict.ts";
import { type Blocker, openBlocker } from "./blocker.ts";
import { countsOfRule } from "./counting.ts";
import { type EvidenceStore, openEvidence } from "./evidence/store.ts";
import { type InForce, openInForce, renew } from "./in-force.ts";
import { type Intake, openIntake } from "./intake.ts";
import {
  type Configuration,
  type Judge,
  type JudgeOptions,
  loadTelling,
  openJudge,
} from "./judge.ts";
import { type Noticing, openNoticing } from "./noticing.ts";
import { openRaising, type Raising } from "./raising.ts";
import type { DaemonStatus } from "./status-file.ts";
import { groundOf } from "./verdicts.ts";
import { openVitals, type Vitals } from "./vitals/vitals.ts";
import { warmUp } from "./warm-up.ts";

/** The unprivileged process as a whole: lines in; alerts, mails and requests for blocks out. */
export class Daemon {
  readonly #paths: Paths;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #startedAt: number;
  /** What rules remember for good outlives a reload and a restart. */
  readonly #memory: Memory;
  readonly #verdicts: Verdicts;
  readonly #record: AlertRecord;
  readonly #mailer: Mailer;
  readonly #responder: Responder;
  readonly #evidence: EvidenceStore;
  readonly #blocker: Blocker;
  readonly #vitals: Vitals;
  readonly #noticing: Noticing;
  readonly #positions: Positions;
  readonly #intake: Intake;
  readonly #raising: Raising;
  #lines = 0;
  readonly #inForce: InForce<Configuration, Judge>;
  #keptAlerts = 0;
  #problem: string | undefined;
  #lastTurn: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  /** Ends the warming up of what is in force. */
  #coolDown = () => {};

  /** Reads the configuration and opens everything; throws a `Failure` when something is missing. Reads no log yet. */
  constructor(paths: Paths, machine: Sender, log: Log, clock: () => number) {
    const { daemonState: statePath, findingsSocket: findings } = paths;
    this.#paths = paths;
    this.#log = log;
    this.#clock = clock;
    this.#startedAt = clock();
    this.#memory = openMemory({ folder: statePath, log });
    this.#verdicts = openVerdicts(ownAddresses, log);
    this.#inForce = openInForce(
      () => loadTelling(paths, log),
      (configuration) => openJudge(configuration, this.#judging(configuration)),
    );
    const { global } = this.#inForce.configuration.settings;
    this.#record = openRecord({ ...paths, ...machine, log, clock }, { json: global.jsonOutput });
    this.#mailer = openMailer({ global, ...machine, statePath, log, clock });
    this.#responder = connectResponder(paths.respondSocket, log, ({ lifted }) =>
      this.#blocker.lifted(lifted),
    );
    this.#evidence = openEvidence({
      statePath,
      log,
      clock,
      countsOf: (rule) => countsOfRule(rule, this.#inForce.configuration.rules.tree),
    });
    this.#blocker = this.#openBlocker();
    this.#raising = openRaising({
      record: this.#record,
      mailer: this.#mailer,
      blocker: this.#blocker,
      note: (text) => this.#note(text),
    });
    this.#vitals = openVitals({ paths, log, clock });
    this.#noticing = openNoticing({ say: this.#note, statePath, log, clock });
    this.#positions = openPositions(statePath, log);
    this.#intake = openIntake({
      open: (files) => openSources(files, { positions: this.#positions, findings, log, clock }),
      handle: (line) => this.#handle(line),
      keep: () => this.#keep(),
      log,
    });
  }

  start(): Promise<void> {
    return this.#inTurn(async () => {
      const { settings, rules } = this.#inForce.configuration;
      await this.refresh();
      this.#note(`stockade: started with ${rules.tree.rules.size} rules`);
      void this.#keep();
      await this.#intake.read(settings.localFiles);
      this.#coolDown = warmUp(this.#inForce.configuration);
    });
  }

  /** Reads settings and rules anew. When they are wrong the old ones stay in force, and the log says why. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      this.#problem = renew(this.#inForce, this.#log);
      if (this.#problem !== undefined) return;
      const { settings } = this.#inForce.configuration;
      this.#mailer.configure(settings.global);
      this.#record.configure({ json: settings.global.jsonOutput });
      await this.refresh();
      await this.#intake.read(settings.localFiles);
      this.#coolDown();
      this.#coolDown = warmUp(this.#inForce.configuration);
      this.#log.info("settings and rules were read anew");
    });
  }

  /** Ends in order: no more lines, the last alert, the mails that can still go out. A second call joins the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  /** What is due every second. */
  tick(): Promise<void> {
    void this.#vitals.tick(this.#intake.health, (text) => this.#note(text));
    this.#blocker.tick();
    this.#noticing.tick();
    // No line need come in for it to be on disk: a response failed between two batches, a disk has room again.
    if (this.#raising.counts.alerts > this.#keptAlerts) void this.#keep();
    else this.#record.flush();
    this.#evidence.flush();
    return this.#mailer.tick();
  }

  endOfHour(): Promise<void> {
    return this.#mailer.endOfHour();
  }

  /** What is due every few minutes: names, own addresses and signatures change. */
  refresh(): Promise<void> {
    this.#verdicts.configure(groundOf(this.#inForce.configuration.settings, this.#paths));
    this.#verdicts.refresh();
    return this.#blocker.refresh(this.#inForce.configuration.settings);
  }

  status(): DaemonStatus {
    return {
      ...{ pid: process.pid, startedAt: this.#startedAt, writtenAt: this.#clock() },
      readAt: this.#inForce.configuration.readAt,
      rules: this.#inForce.configuration.rules.tree.rules.size,
      signatures: this.#verdicts.known(),
      lines: this.#lines,
      ...this.#raising.counts,
      blocks: this.#blocker.counts(),
      observing: this.#blocker.observing(),
      trips: [...this.#blocker.trips()],
      sources: this.#vitals.withSilence(this.#intake.health()),
      mail: this.#mailer.health(),
      responderConnected: this.#responder.health().connected,
      problem: this.#problem,
    };
  }

  #openBlocker(): Blocker {
    return openBlocker({
      evidence: this.#evidence,
      responder: this.#responder,
      executor: connectExecutor(this.#paths.executeSocket),
      say: this.#note,
      statePath: this.#paths.daemonState,
      rearmFile: this.#paths.rearmWish,
      paths: this.#paths,
      log: this.#log,
      clock: this.#clock,
    });
  }

  /** The responder's own figures; undefined where it does not answer. */
  async counted() {
    const reply = await this.#responder.ask({ verb: "count" }, 2000).catch(() => undefined);
    return reply?.ok ? reply.counts : undefined;
  }

  /** Start, reload and end follow one another; what comes after the end does nothing. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#stopping !== undefined) return this.#stopping;
    this.#lastTurn = this.#lastTurn.then(work);
    return this.#lastTurn;
  }

  async #end(): Promise<void> {
    await this.#lastTurn;
    this.#coolDown();
    await this.#intake.stop();
    this.#note("stockade: stopped");
    void this.#keep();
    await this.#mailer.close();
    this.#vitals.close();
    this.#blocker.close();
    this.#responder.close();
    this.#record.close();
    this.#memory.close();
    this.#positions.close();
  }

  #judging({ settings }: Configuration): JudgeOptions {
    const { memorySize } = settings.global;
    return { memorySize, isLive: true, memory: this.#memory, verdictOf: this.#verdicts.of };
  }

  /** Whether a decoder knew the line. */
  #handle(line: Line, evidence: readonly string[] = []): boolean {
    this.#lines += 1;
    const { event, verdict } = this.#inForce.opened.judge(line);
    this.#blocker.see(event, line);
    if (verdict.alert) this.#raising.raise(verdict.alert, line, evidence);
    this.#noticing.see(event, line);
    return event.decoder !== undefined;
  }

  /** Resolves when blocks are made, too: who is killed then has not only written that somebody is to be blocked. */
  #keep(): Promise<void> {
    this.#keptAlerts = this.#raising.counts.alerts;
    this.#record.flush();
    this.#evidence.flush();
    this.#mailer.flush();
    this.#memory.flush();
    return this.#blocker.answered();
  }

  /** A message of our own goes the road of every event. `evidence` are lines that show it. */
  readonly #note = (text: string, evidence: readonly string[] = []): void => {
    const receivedAt = this.#clock();
    this.#handle({ text, location: "stockaded", format: "own", receivedAt }, evidence);
  };
}
