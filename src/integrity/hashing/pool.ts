import { Worker } from "node:worker_threads";
import { type Content, longestText, type ReadContent, type Seen } from "../content.ts";
import { faultOf } from "../fault.ts";

/** Where long files are read, on the other cores. */
export interface Hashing {
  /** Whether it is for this pool: a short file is read in less time than it takes to hand it over. */
  takes(size: number): boolean;
  readonly read: ReadContent;
  /** Ends all threads. What is not read by then never is: whoever stops a scan waits for nothing of it. */
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

export function openHashing({ script, most }: Threads): Hashing {
  const all: Worker[] = [];
  const idle: Worker[] = [];
  const working = new Map<Worker, Job>();
  let waiting: Job[] = [];

  const ended = (worker: Worker, reason: string) => {
    working.get(worker)?.done({ is: "unreadable", reason });
    working.delete(worker);
    all.splice(all.indexOf(worker), 1);
    next();
  };
  const begin = () => {
    const worker = new Worker(script, { resourceLimits: limits });
    all.push(worker);
    worker.on("message", (content: Content) => {
      working.get(worker)?.done(content);
      working.delete(worker);
      idle.push(worker);
      next();
    });
    worker.on("error", (fault) => ended(worker, faultOf(fault)));
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
  return {
    takes: (size) => size > longestText,
    read: (seen) =>
      new Promise((done) => {
        waiting.push({ seen, done });
        next();
      }),
    async close() {
      waiting = [];
      working.clear();
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}
