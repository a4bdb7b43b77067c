import { expect, test } from "vitest";
import { openAnsibleRuns } from "../../src/bin/ansible-runs.ts";
import { eventAt } from "../analyse/build.ts";

function server() {
  const said: string[] = [];
  const time = { now: Date.UTC(2026, 10, 22) };
  const runs = openAnsibleRuns({ say: (text) => void said.push(text), clock: () => time.now });
  return {
    runs,
    say(program: string, log: string, seconds = 1) {
      time.now += seconds * 1000;
      runs.see({ ...eventAt(0, "192.0.2.1"), program, log });
    },
    after(seconds: number) {
      time.now += seconds * 1000;
      runs.tick();
      return said.splice(0);
    },
  };
}

test("a run is one line, with what it did and who logged in before", () => {
  const { runs, say, after } = server();
  runs.login("deploy from 203.0.113.12");
  say("ansible-ansible.legacy.setup", "Invoked with gather_subset=['all'] gather_timeout=10");
  say("ansible-ansible.legacy.stat", "Invoked with path=/etc/motd follow=False");
  say(
    "ansible-ansible.legacy.copy",
    "Invoked with src=/home/deploy/.ansible/tmp/x/source dest=/etc/motd",
  );
  say("ansible-lineinfile", "Invoked with path=/etc/hosts line=192.0.2.1 somebody state=present");
  say("ansible-apt", "Invoked with name=tree state=present deb=None");
  say("ansible-apt", "Invoked with deb=/root/x.deb state=present name=None");
  say("ansible-get_url", "Invoked with url=https://me:secret@example.com/x dest=None");
  say("ansible-ansible.legacy.command", "Invoked with _raw_params=mysql -psecret _uses_shell=True");
  say(
    "python3",
    "ansible-ansible.builtin.user Invoked with name=carol password=NOT_LOGGING_PASSWORD",
  );
  expect(after(30)).toEqual([]);
  expect(after(31)).toEqual([
    "stockade: Ansible ran 9 modules in 8 s: copy /etc/motd, lineinfile /etc/hosts, apt tree, apt /root/x.deb, get_url https://example.com/x, command mysql, user carol; the last login before was deploy from 203.0.113.12",
  ]);
  expect(after(100)).toEqual([]);
});

test("a run that only looks says so, and an old login is nobody's", () => {
  const { runs, say, after } = server();
  runs.login("deploy from 203.0.113.12");
  say("ansible-setup", "Invoked with gather_timeout=10", 700);
  expect(after(60)).toEqual(["stockade: Ansible ran 1 module in 1 s: looked and changed nothing"]);
});

test("what others say is no run, and names are shown escaped and cut", () => {
  const { say, after } = server();
  say("nginx", "Invoked with dest=/etc/motd");
  say("python3", "Invoked with dest=/etc/motd");
  say("ansible-copy", "[WARNING] something");
  expect(after(100)).toEqual([]);
  say("ansible-copy", `Invoked with dest=/etc/\u202e\u001b[2J${"x".repeat(1000)}`);
  const [text = ""] = after(100);
  expect(text).toContain("copy /etc/\\u202e\\x1b[2Jxxx");
  expect(text.length).toBeLessThan(200);
});

test("of a run with very many steps the first are named", () => {
  const { say, after } = server();
  for (let n = 0; n < 1000; n++) say("ansible-copy", `Invoked with dest=/etc/${n}`, 0);
  const [text = ""] = after(100);
  expect(text).toMatch(
    /^stockade: Ansible ran 1000 modules in 1 s: copy \/etc\/0, .* copy \/etc\/29, and more$/,
  );
});
