import { loadSettings } from "../../../config/load.ts";
import { doorsOf, searchRelay } from "../../mail/relay-search.ts";
import { type RelaySetup, relaySetup } from "../../mail/relay-setup.ts";
import { adviceAfter, answerText } from "../../mail/relay-words.ts";
import { type Check, type Finding, ok, unknown, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

/** The relay takes our login, encrypted, on the port that is set; nothing is sent. */
export const relay: Check = async (machine) => {
  const setup = await relaySetup(machine);
  // Whether Postfix is there at all says the check of its queue.
  if (setup === "unknown") return [unknown("Postfix does not say where it sends mail")];
  if (!setup) return [ok("there is no relay: mail stays on this server")];
  const faults = [...tlsFaults(setup), ...(await loginFaults(machine, setup))];
  if (!machine.isRoot) {
    return [...faults, unknown("only root may log in to the relay", "put sudo before it")];
  }
  return [...faults, ...senderFaults(machine, setup), await answerOf(setup)];
};

async function answerOf(setup: RelaySetup): Promise<Finding> {
  const tried = await searchRelay(doorsOf(setup.host, undefined, setup), setup.account);
  const advice = adviceAfter(setup, tried);
  const last = tried.at(-1);
  if (!last) return unknown("the relay was not asked");
  const text = answerText(last, setup.account !== undefined);
  return advice ? wrong(`${advice.means} (${text})`, advice.fix) : ok(text);
}

const encrypted = new Set(["encrypt", "secure", "verify", "fingerprint", "dane-only"]);

function tlsFaults({ host, port, tls, wraps, authorities }: RelaySetup): Finding[] {
  const again = `sudo stockade mail relay --use ${host}:${port}`;
  return [
    ...(encrypted.has(tls)
      ? []
      : [wrong(`mail may leave unencrypted: smtp_tls_security_level is "${tls}"`, again)]),
    ...(wraps === (port === 465)
      ? []
      : [wrong(`smtp_tls_wrappermode does not fit port ${port}: no mail leaves`, again)]),
    ...(tls === "secure" && authorities === ""
      ? [wrong("no certificate is believed: smtp_tls_CAfile is not set", again)]
      : []),
  ];
}

async function loginFaults({ run, read }: Machine, setup: RelaySetup): Promise<Finding[]> {
  const module = setup.logsIn
    ? await run("dpkg-query", "-W", "-f", "$" + "{db:Status-Status}", "libsasl2-modules")
    : undefined;
  const bundle = setup.authorities === "" ? "" : read(setup.authorities);
  return [
    ...(module?.ok && module.output === "installed" ? [] : missingModule(setup)),
    ...(bundle === undefined
      ? [
          wrong(
            `${setup.authorities} is missing: no certificate is believed`,
            "apt-get install --reinstall ca-certificates",
          ),
        ]
      : []),
  ];
}

function missingModule({ logsIn }: RelaySetup): Finding[] {
  return logsIn
    ? [
        wrong(
          "Postfix cannot log in: libsasl2-modules is not installed",
          "apt-get install libsasl2-modules && systemctl restart postfix",
        ),
      ]
    : [];
}

/** Mailgun refuses what is not sent by the domain of the account. */
function senderFaults({ context }: Machine, { host, account }: RelaySetup): Finding[] {
  const from = loadSettings(context.paths.settings).settings.global.emailFrom;
  const [sender, domain] = [from, account?.user ?? ""].map((text) => text.split("@")[1] ?? "");
  if (!host.endsWith(".mailgun.org") || !domain || sender === domain) return [];
  return [
    wrong(
      `alerts are sent by ${from}, but the relay has verified ${domain}`,
      `set <email_from> to stockade@${domain} in ${context.paths.settings}, then: stockade reload`,
    ),
  ];
}
