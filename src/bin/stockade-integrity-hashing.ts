import { parentPort } from "node:worker_threads";
import { readFor } from "../integrity/hashing/thread.ts";

// A thread of stockade-integrity.
if (parentPort) readFor(parentPort);
