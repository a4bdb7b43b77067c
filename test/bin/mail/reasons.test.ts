import { expect, test } from "vitest";
import { reasonFor } from "../../../src/bin/mail/reasons.ts";

/** What Postfix writes behind status=deferred or bounced, and what it must be taken for. */
test.each([
  [
    "SASL authentication failed; server smtp.mailgun.org[34.160.63.108] said: 535 5.7.0 Mailgun is not loving your login or password",
    /refuses user name or password/,
    /--password-file.*--use smtp\.eu\.mailgun\.org/,
  ],
  [
    "host smtp.mailgun.org[34.160.63.108] said: 421 Domain mail.example.com not found: sending from this domain not allowed",
    /does not know the sender's domain/,
    /eu\.mailgun/,
  ],
  [
    "host smtp.mailgun.org said: 550 5.7.1 Free accounts are for test purposes only. Please upgrade or add the address to authorized recipients in Account Settings.",
    /sandbox/,
    /Authorized Recipients/,
  ],
  [
    "host smtp.mailgun.org said: 550 5.7.1 Sandbox subdomains are for test purposes only",
    /sandbox/,
    /Authorized Recipients/,
  ],
  [
    "SASL authentication failed; cannot authenticate to server smtp.mailgun.org[192.0.2.1]: no mechanism available",
    /SASL module is missing/,
    /libsasl2-modules/,
  ],
  ["host relay said: 530 5.7.0 Authentication required", /wants a login/, /smtp_sasl_auth_enable/],
  ["host relay said: 554 5.7.1 <a@b.example>: Relay access denied", /wants a login/, /sasl_passwd/],
  ["Cannot start TLS: handshake failure", /encrypted connection/, /ca-certificates/],
  ["Server certificate not trusted", /encrypted connection/, /timedatectl/],
  [
    "connect to smtp.mailgun.org[34.160.63.108]:587: Connection timed out",
    /clouds close 25/,
    /2525/,
  ],
  ["connect to mx.example.net[192.0.2.1]:25: No route to host", /cannot be reached/, /2525/],
  [
    "Host or domain name not found. Name service error for name=smtp.mailgun.org type=AAAA: Host not found",
    /cannot be resolved/,
    /resolv\.conf/,
  ],
  ["host mx said: 451 4.7.1 Greylisted, try again later", /wants it later/, /tries again/],
  [
    "host mx said: 550 5.7.26 This mail has been blocked because the sender is unauthenticated. DMARC",
    /does not believe the sender/,
    /SPF/,
  ],
  [
    "host mx said: 550 5.1.1 <x@example.net>: Recipient address rejected: User unknown",
    /recipient does not exist/,
    /email_to/,
  ],
  ['unknown user: "nobody"', /refuses it|does not exist/, /./],
  ["host mx said: 552 5.2.2 Mailbox full", /full/, /room/],
  ["something that nobody has heard of", /refuses it/, /postqueue -p/],
])("%s", (text, means, fix) => {
  const found = reasonFor(text);
  expect(found.means).toMatch(means);
  expect(found.fix).toMatch(fix);
});
