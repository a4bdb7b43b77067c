/** What Postfix says when mail does not leave, in plain words and with what to do. */
interface Reason {
  readonly pattern: RegExp;
  readonly means: string;
  readonly fix: string;
}

const credentials =
  "sudo stockade mail relay --password-file FILE, with --user USER@DOMAIN where that is wrong, too";
const relayhost =
  "sudo stockade mail relay tries 587, 2525 and 465, and says how to switch to the one that works";
const otherRegion = "where the domain is in Mailgun's EU region: --use smtp.eu.mailgun.org";

/** Tried in this order: the first that fits is the one. Codes are those of RFC 3463 and 5321, words those of Postfix and of relays. */
const reasons: readonly Reason[] = [
  {
    pattern:
      /Host or domain name not found|Name service error|Host not found|no A|Temporary failure in name resolution/i,
    means: "the relay's or the recipient's name cannot be resolved",
    fix: "getent hosts smtp.mailgun.org; look into /etc/resolv.conf and `postconf relayhost`",
  },
  {
    pattern:
      /no mechanism available|SASL authentication failed: cannot (?:SASL )?authenticate|unavailable authentication mechanisms|No worthy mechs/i,
    means: "Postfix cannot log in: its SASL module is missing",
    fix: "apt-get install libsasl2-modules && systemctl restart postfix",
  },
  {
    pattern: /domain .*not found|unknown domain|Domain not found/i,
    means: "the relay does not know the sender's domain, or it is one of the other region",
    fix: "set <email_from> to an address of your domain at the relay; a domain of the EU region: sudo stockade mail relay --use smtp.eu.mailgun.org",
  },
  {
    pattern:
      /\b535\b|\b5\.7\.8\b|authentication (?:failed|credentials invalid)|Invalid login|Username and Password not accepted/i,
    means: "the relay refuses user name or password, or the domain is one of its other region",
    fix: `${credentials}; ${otherRegion}`,
  },
  {
    pattern: /sandbox|authorized recipients|free accounts are for test/i,
    means:
      "the relay's domain is a sandbox, which sends only to recipients that were confirmed there",
    fix: "confirm the recipient at the relay (Mailgun: Authorized Recipients), or use a domain of your own",
  },
  {
    pattern:
      /\b(?:530|5\.7\.0)\b.*(?:auth|login)|authentication required|relay(?:ing)? (?:access )?denied|\b554 5\.7\.1\b.*relay/i,
    means: "the relay wants a login, and Postfix gave none",
    fix: "postconf smtp_sasl_auth_enable smtp_sasl_password_maps; /etc/postfix/sasl_passwd must name the relay exactly as relayhost does",
  },
  {
    pattern: /certificate|TLS|SSL|handshake/i,
    means: "no encrypted connection to the relay, or its certificate is not believed",
    fix: "apt-get install --reinstall ca-certificates; is the clock right (timedatectl)? postconf smtp_tls_security_level smtp_tls_CAfile",
  },
  {
    pattern: /Connection timed out|No route to host|Network is unreachable|Connection refused/i,
    means: "the relay cannot be reached on that port: clouds close 25, and some 587",
    fix: relayhost,
  },
  {
    pattern:
      /(?:4\.7\.\d|450|451).*(?:greylist|try again|rate|too many)|\b421\b.*(?:rate|limit|too many)/i,
    means: "the relay wants it later",
    fix: "nothing: Postfix tries again by itself. Where it stays so, ask the relay about your limits",
  },
  {
    pattern:
      /spf|dkim|dmarc|sender .*(?:rejected|not allowed)|5\.7\.(?:23|26|27)|not allowed to send/i,
    means: "the recipient's server does not believe the sender",
    fix: "set <email_from> to an address of the domain that your relay has verified (SPF, DKIM)",
  },
  {
    pattern:
      /user unknown|no such user|mailbox unavailable|5\.1\.1|does not exist|recipient address rejected/i,
    means: "the recipient does not exist",
    fix: "correct <email_to> in /etc/stockade/stockade.conf, then: stockade reload",
  },
  {
    pattern: /5\.7\.1\b/,
    means: "the relay or the recipient's server refuses it by a rule of its own",
    fix: "is the sender in the domain the relay has verified, and the recipient confirmed if that is a sandbox?",
  },
  {
    pattern: /quota|mailbox full|5\.2\.2|4\.2\.2/i,
    means: "the recipient's mailbox is full",
    fix: "make room there, or name another <email_to>",
  },
];

/** What `text`, Postfix's reason, means and what to do about it. */
export function reasonFor(text: string): { readonly means: string; readonly fix: string } {
  const { means, fix } = reasons.find(({ pattern }) => pattern.test(text)) ?? unknownReason;
  return { means, fix };
}

const unknownReason = {
  means: "the relay or Postfix refuses it",
  fix: "postqueue -p and journalctl -u 'postfix*' (or /var/log/mail.log) tell more",
};
