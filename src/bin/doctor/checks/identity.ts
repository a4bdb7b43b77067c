import { type Check, ok, wrong } from "../finding.ts";

/** Whether this server can be told from all others. */
export const identity: Check = ({ status: { server }, hasSystemd }) => {
  if (server.id !== undefined) return [ok(`this server is ${server.id}`)];
  const fix = hasSystemd ? "systemctl start stockade-first-boot" : "/usr/lib/stockade/first-boot";
  return [wrong("this server has no identity: mails and metrics do not say which one it is", fix)];
};
