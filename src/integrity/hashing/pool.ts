import { Worker } from "node:worker_threads";
import { type Content, longestText, type ReadContent, type Seen, stopped } from "../content.ts";
import { faultOf } from "../fault.ts";

/** Where long files are read, on the other cores. */
export interface Hashing {
  /** Whether it is for this pool: a short file is read in less time than it takes to hand it over. */
  takes(size: number): boolean;
  readonly read: ReadContent;
  /** Ends all threads. What is not read by then is given up. */
  close(): Promise<void>;
}

/** The script of a thread, and how many of them at most. */
export interface Threads {
  readonly script: URL;
  readonly most: number;
}

interface Job {
  readonly seen: Seen;
  readonly done: (content: Content) => void;
}

/** A thread takes about 3 MB, so one begins when there is work for it, and all end with the scan. */
const limits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 };

/** It closes itself at `signal`. */
export function openHashing({ script, most }: Threads, signal?: AbortSignal): Hashing {
  const all: Worker[] = [];
  const idle: Worker[] = [];
  const working = new Map<Worker, Job>();
  const waiting: Job[] = [];

  const finish = (worker: Worker, content: Content) => {
    working.get(worker)?.done(content);
    working.delete(worker);
    next();
  };
  const begin = () => {
    const worker = new Worker(script, { resourceLimits: limits });
    all.push(worker);
    worker.on("message", (content: Content) => {
      idle.push(worker);
      finish(worker, content);
    });
    worker.on("error", (fault) => {
      all.splice(all.indexOf(worker), 1);
      finish(worker, { is: "unreadable", reason: faultOf(fault) });
    });
    return worker;
  };
  const next = () => {
    const job = waiting[0];
    const worker = job && (idle.pop() ?? (all.length < most ? begin() : undefined));
    if (!worker || !job) return;
    waiting.shift();
    working.set(worker, job);
    worker.postMessage(job.seen);
  };
  const close = async () => {
    signal?.removeEventListener("abort", close);
    for (const job of [...working.values(), ...waiting.splice(0)]) job.done(stopped);
    working.clear();
    await Promise.all(all.map((worker) => worker.terminate()));
  };
  signal?.addEventListener("abort", close);
  return {
    takes: (size) => size > longestText,
    read: (seen) =>
      new Promise((done) => {
        waiting.push({ seen, done });
        next();
      }),
    close,
  };
}
