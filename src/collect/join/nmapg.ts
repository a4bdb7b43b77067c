import { type EntryFormat, endedByMark, nothing } from "./join-lines.ts";

const host = /^Host: ([^\t()]+\([^\t)]*\))\t(?:.*\t)?Ports: ([^\t]*)/;

/** nmap's output for grep (-oG): "Host: 192.0.2.1 (name), open ports: 22(tcp) 80(tcp)" of every host it looked at. */
export const nmapg: EntryFormat = {
  limits: endedByMark,
  step(line) {
    const [, name, ports = ""] = host.exec(line) ?? [];
    if (name === undefined) return nothing;
    const open = ports.split(", ").flatMap((port) => {
      const [, number, protocol] = /^ *(\d{1,5})\/open\/([a-z]{1,8})\//.exec(port) ?? [];
      return number === undefined ? [] : ` ${number}(${protocol})`;
    });
    return { is: "whole", text: `Host: ${name}, open ports:${open.join("")}` };
  },
};
