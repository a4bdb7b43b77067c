import { expect, test } from "vitest";
import { openRedact } from "../../../src/bin/support/redact.ts";

const redact = openRedact(false);

test.each([
  "MAILGUN_PASSWORD=hunter22 with blanks",
  "smtp_sasl_password_maps = static:me:hunter22",
  "<smtp_password>hunter22</smtp_password>",
  "<smtp_password>\n  hunter22\n</smtp_password>",
  '{"api_key": "hunter22\\"x", "level": 3}',
  "slack_token: hunter22",
  "Authorization: Basic hunter22hunter22",
  "sent Bearer hunter22hunter22 to it",
  "https://bob:hunter22@example.com/rules.tar.gz",
  "curl https://hooks.slack.com/services/T0/B0/hunter22",
  "https://discord.com/api/webhooks/123/hunter22",
  "<hook_url>https://example.com/x/hunter22</hook_url>",
  "-----BEGIN RSA PRIVATE KEY-----\nhunter22\n-----END RSA PRIVATE KEY-----",
  "-----BEGIN PRIVATE KEY-----\nhunter22",
  "program --password hunter22 --quiet",
  "bob:$6$salt$hunter22hunter22:19000:",
  "passwd='hunter22'",
])("a secret goes: %s", (text) => {
  expect(redact(text)).not.toContain("hunter22");
  expect(redact(text)).toContain("[removed]");
});

test("what is no secret stays", () => {
  const lines = [
    "Failed password for root from 192.0.2.7 port 4711 ssh2",
    "smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd",
    "relayhost = [smtp.mailgun.org]:587",
    "https://rules.example.com/open/suricata-7.0/rules.tar.gz",
  ];
  expect(redact(lines.join("\n"))).toBe(lines.join("\n"));
});

test("mail addresses get the same name everywhere, or stay where that is asked for", () => {
  expect(redact("to=<Admin@Example.net>, from=<x@example.org>, admin@example.net")).toBe(
    "to=<[mail-1]>, from=<[mail-2]>, [mail-1]",
  );
  expect(openRedact(true)("to=<admin@example.net>")).toBe("to=<admin@example.net>");
});
