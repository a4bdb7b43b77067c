import type { BytePath } from "../entry.ts";

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

const secretWords =
  "pass(?:word|wd|phrase|code)|pwd|secret|token|api[_-]?key|access[_-]?key|credentials?|auth[_-]?key|psk|requirepass|masterauth|bindpw";
/** What such a setting may be without being a secret. */
const plainly = String.raw`(?!(?:yes|no|on|off|true|false|none|null)(?:["',;\s]|$))`;
const value = String.raw`${plainly}[^\s"',;]{3,}`;
/** sudoers' NOPASSWD is what has to be seen. */
const assigned = new RegExp(
  String.raw`(?<!\bno)((?:${secretWords}|pass)["']?\s*(?:=>|[=:])\s*["']?)${value}`,
  "gi",
);
/** "pass" alone is an English word, too. */
const named = new RegExp(String.raw`(?<!\bno)((?:${secretWords})["']?\s+["']?)${value}`, "gi");
const inUrl = /(\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s/:@]{1,100}:)([^\s/@]{1,200})(@)/gi;
/** crypt(5): what /etc/shadow and htpasswd hold. */
const hashedPassword = /\$(?:[1256aby]|2[abxy]|y|gy|7|argon2[id]{1,2}|apr1)\$[^\s:"']{8,}/g;

/** The line with what looks like a password, a token or the hash of one left out. */
export function masked(line: string): string {
  return line
    .replace(hashedPassword, "(hidden)")
    .replace(inUrl, "$1(hidden)$3")
    .replace(assigned, "$1(hidden)")
    .replace(named, "$1(hidden)");
}
