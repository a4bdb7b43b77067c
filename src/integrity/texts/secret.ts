import type { BytePath } from "../entry.ts";
import { leadsToSecret, masks } from "./masks.ts";

/** Files that hold passwords or keys by their names, of Debian's packages and of Stockade. */
const secretNames: readonly RegExp[] = [
  /^\/etc\/(?:g?shadow|security\/opasswd)[^/]*$/,
  /^\/etc\/ssl\/private\//,
  /\/ssh_host_[^/]*_key(?:\.[^p][^/]*)?$/,
  /\/[^/]*(?:secret|credential|privkey|private[-_.]key)[^/]*$/i,
  /\/\.ssh\/(?:id_[^/]*|identity)$(?<!\.pub)/,
  /\.(?:key|pem|p12|pfx|jks|keytab|keystore|kdbx|kbx|gpg|psk|secret)(?:[.~-][^/]*)?$/,
  /\/sasl_?passwd[^/]*$|\/(?:s|h)?[^/]*htpasswd[^/]*$|\/(?:chap|pap|l2tp|ipsec)[-.]secrets[^/]*$/,
  /\/(?:\.netrc|\.pgpass|\.my\.cnf|\.git-credentials|\.npmrc|\.pypirc|\.env|\.vault-token)$/,
  /\/\.(?:aws|docker|kube|azure|config\/gcloud|gnupg)\//,
  /^\/etc\/mysql\/debian\.cnf$|^\/etc\/(?:sssd\/sssd\.conf|samba\/smbpasswd)$/,
  /^\/etc\/(?:wireguard|openvpn|NetworkManager\/system-connections|netplan|ppp)\//,
  /^\/etc\/apt\/auth\.conf(?:\.d\/|$)/,
  /^\/etc\/(?:stockade|credstore(?:\.encrypted)?)\/[^/]*(?:token|key)[^/]*$/,
  /^\/etc\/credstore/,
  /^\/var\/lib\/stockade\//,
];

/** Whether a file is one whose content is never kept nor shown, by its name. */
export function isSecretName(path: BytePath): boolean {
  if (path.endsWith(".pub")) return false;
  return secretNames.some((name) => name.test(path));
}

/** Whether what it holds is a key, whatever it is called. */
export function holdsKey(text: string): boolean {
  return /PRIVATE KEY|BEGIN PGP PRIVATE|AGE-SECRET-KEY-|PuTTY-User-Key-File/.test(text);
}

/**
 * The line with what looks like a password, a token or the hash of one left out. As an array's map calls it: the line before
 * may say that all of this one is a secret.
 */
export function masked(line: string, at = 0, lines: readonly string[] = []): string {
  const before = lines[at - 1];
  if (before !== undefined && leadsToSecret.test(before))
    return line.replace(/\S[\s\S]*/, "(hidden)");
  return masks.reduce(
    (text, { of, find, shown }) => (!of || of.test(text) ? text.replace(find, shown) : text),
    line,
  );
}
