import { describe, expect, test } from "vitest";
import { audit } from "../../../src/collect/join/audit.ts";
import { entriesOf, never } from "./join.ts";

const id = (number: number) => `msg=audit(1700000000.123:${number})`;
const syscall = (number: number) => [
  `type=SYSCALL ${id(number)}: arch=c000003e syscall=59 success=yes exit=0 a0=1 items=2 ppid=1 pid=2 auid=0 uid=0 comm="sh" exe="/usr/bin/dash" key="exec"\u001dARCH=x86_64 SYSCALL=execve`,
  `type=EXECVE ${id(number)}: argc=2 a0="sh" a1=2D6320226D73673D27`,
  `type=CWD ${id(number)}: cwd="/"`,
  `type=PATH ${id(number)}: item=0 name="/bin/sh" inode=1 dev=fd:00 mode=0100755`,
  `type=PROCTITLE ${id(number)}: proctitle=7368`,
];
const login = `type=USER_LOGIN ${id(9)}: pid=1 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.9 terminal=ssh res=failed'\u001dUID="root" AUID="unset"`;

test("the records of a system call are one entry", () => {
  const log = [...syscall(1), ...syscall(2)].join("\n");
  expect(entriesOf(audit(), log)).toEqual([syscall(1).join(" "), syscall(2).join(" ")]);
});

test("they are whole with the last one, and a program's own report at once", () => {
  const joiner = audit<number>();
  const pushed = [...syscall(1), login].map((line, index) => joiner.push(line, index, 0));
  expect(pushed.slice(0, 4).flat()).toEqual([]);
  expect(pushed[4]).toEqual([syscall(1).join(" ")]);
  expect(pushed[5]).toEqual([login]);
  expect(joiner.heldFrom()).toBeUndefined();
});

test("records of several events that stand between one another", () => {
  const [a, b] = [syscall(1), syscall(2)];
  const mixed = a.flatMap((line, index) => [line, b[index] ?? ""]);
  expect(entriesOf(audit(), [login, ...mixed].join("\n"))).toEqual([
    login,
    a.join(" "),
    b.join(" "),
  ]);
});

test("what has no end of its own is passed on after a second", () => {
  const joiner = audit<number>();
  const line = `type=ANOM_PROMISCUOUS ${id(3)}: dev=eth0 prom=256`;
  expect(joiner.push(line, 7, 1000)).toEqual([]);
  expect([joiner.heldFrom(), joiner.dueAt()]).toEqual([7, 2000]);
  expect(joiner.expire(1999)).toEqual([]);
  expect(joiner.expire(2000)).toEqual([line]);
  expect([joiner.heldFrom(), joiner.dueAt()]).toEqual([undefined, undefined]);
});

test("EOE ends an event, and a node may stand before the type", () => {
  const log = [
    `node=web1 type=SYSCALL ${id(1)}: a`,
    `node=web1 type=EOE ${id(1)}: `,
    `node=web1 type=SYSCALL ${id(2)}: b`,
  ];
  expect(entriesOf(audit(), log.join("\n"))).toEqual([`${log[0]} ${log[1]}`, log[2]]);
});

describe("hostile", () => {
  test("an event without end loses what is too much, but not its last record", () => {
    const joiner = audit<number>();
    const path = `type=PATH ${id(1)}: item=0`;
    for (let count = 0; count < 100; count += 1) joiner.push(path, count, 0);
    const [last = ""] = syscall(1).slice(-1);
    const [entry = ""] = joiner.push(last, 100, 0);
    expect(entry).toBe(`${`${path} `.repeat(16)}${last}`);
    expect(joiner.counts().cut).toBe(1);
  });

  test("of very many open events the oldest goes", () => {
    const joiner = audit<number>();
    const entries = Array.from({ length: 10_000 }, (_, number) =>
      joiner.push(`type=SYSCALL ${id(number)}: a`, number, 0),
    ).flat();
    expect(entries.length).toBe(10_000 - 64);
    expect(joiner.heldFrom()).toBe(10_000 - 64);
    expect(joiner.expire(never).length).toBe(64);
  });

  test.each([
    "",
    "type=SYSCALL",
    "\0\u0001\ufffd",
    `x type=PATH ${id(1)}: a`,
    "type=A msg=audit(1:",
  ])("a line of no event stands for itself: %j", (line) => {
    expect(audit<number>().push(line, 0, 0)).toEqual([line]);
  });
});
