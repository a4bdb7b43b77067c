/** Settings that block the source of every alert from level 9 on, for five minutes. */
export const blockFrom9 =
  "<active-response><command>firewall-drop</command><level>9</level><timeout>300</timeout></active-response>";

/** The time of a line, that many seconds into the log. */
export const clock = (second: number) =>
  new Date(Date.UTC(2026, 10, 1, 10, 0, second)).toISOString();

/** A line of sshd, with its end. */
export const sshd = (second: number, message: string) =>
  `${clock(second)} web1 sshd[42]: ${message}\n`;

export const failed = (second: number, user: string, address: string) =>
  sshd(second, `Failed password for ${user} from ${address} port 4711 ssh2`);

/** Eight wrong passwords from an address, now: as many as lead to a block. */
export const bruteForce = (address: string, user = "root") =>
  Array.from(
    { length: 8 },
    (_, index) =>
      `${new Date().toISOString()} web1 sshd[${index}]: Failed password for ${user} from ${address} port ${index} ssh2\n`,
  ).join("");
