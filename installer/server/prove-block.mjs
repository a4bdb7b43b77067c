// Asks the responder to block a documentation address (RFC 5737), looks whether the kernel has it, and lifts it again.
// Prints "placed and lifted in N ms"; anything else ends with status 1 and a reason.
import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import { createInterface } from "node:readline";

const address = "192.0.2.7";
const socket = connect("/run/stockade/respond.sock");
const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
const begun = Date.now();

process.once("uncaughtException", fail);
setTimeout(() => fail(new Error("the responder did not answer in 10 seconds")), 10_000).unref();

const alert = `${Math.floor(begun / 1000)}.0`;
await ask({ verb: "block", response: "firewall-drop", address, seconds: 20, rule: 0, alert });
if (!isInKernel()) throw new Error(`${address} was accepted but is not in the kernel`);
await ask({ verb: "unblock", address });
if (isInKernel()) throw new Error(`${address} is still in the kernel`);
process.stdout.write(`placed and lifted in ${Date.now() - begun} ms\n`);
process.exit(0);

async function ask(request) {
  socket.write(`${JSON.stringify({ request: 1, ...request })}\n`);
  const { value, done } = await replies.next();
  if (done) throw new Error("the responder hung up");
  const reply = JSON.parse(value);
  if (!reply.ok) throw new Error(reply.reason);
}

/** Where ipset does not work the responder makes a rule for each block. */
function isInKernel() {
  return (
    printed("ipset", "save", "stockade4").includes(`add stockade4 ${address} `) ||
    printed("iptables", "-S", "STOCKADE").includes(` ${address}/32 `)
  );
}

function printed(program, ...args) {
  return spawnSync(`/usr/sbin/${program}`, args, { encoding: "utf8" }).stdout ?? "";
}

function fail(error) {
  process.stdout.write(`${error.message}\n`);
  process.exit(1);
}
