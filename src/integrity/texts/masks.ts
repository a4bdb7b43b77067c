/** How one kind of secret is found in a line. Lines may be hostile: each pattern takes time linear in their length. */
export interface Mask {
  /** Only lines with this are looked at. */
  readonly of?: RegExp;
  /** What has to be left out, and what leads to it. */
  readonly find: RegExp;
  readonly shown: string;
}

const words =
  "pass(?:word|wort|wd|phrase|code)|kennwort|pwd|secret|token|api[_-]?key|access[_-]?key|credentials?|auth[_-]?key|psk|requirepass|masterauth|bindpw";
/** What such a setting may be without being a secret; "x:1000" is in passwd, where the word is a user's name. */
const plainly = String.raw`(?!(?:yes|no|on|off|true|false|none|null)(?:["',;<\s]|$)|[x*!]:\d)`;
const bare = String.raw`[^\s"',;]`;
const value = `${plainly}${bare}{3,}`;
const quoted = `${plainly}(?:(?<=")[^"]{3,300}(?=")|(?<=')[^']{3,300}(?=')|${bare}{3,})`;
const assigns = String.raw`["']?\s*(?:=>|[=:])\s*["']?`;
/** An argument in a shell's line. Ports are none: "-p 2222", "-p8080:80". */
const argument = String.raw`(?!\d{1,5}(?:[\s:]|$))(?:"[^"]{1,300}"|'[^']{1,300}'|[^\s]{3,})`;
/** What is public or says where a key is: a path (but base64 may begin with a slash, too), an address, a file, a variable. */
const noKey = String.raw`(?!<?[~.]{0,2}\/(?![a-z0-9+/]{20,200}={1,2}(?:[\s"',;]|$))|[a-z]{2,10}:\/\/|\$\{?[a-z_]\w{0,60}\}?(?:[\s"',;]|$)|ssh-|ecdsa-|sk-ssh-|${bare}{1,60}\.(?:pem|key|crt|pub|asc|gpg)(?:[\s"',;]|$))`;
/** PrivateKey, SECRET_KEY_BASE, encryption_key; a "key" alone is too often the key of something. */
const keyName = String.raw`(?<=[\w.-])(?<!(?:public|pub|foreign|sort|gpg)[_-]?)key(?:[_-]?base)?\d{0,2}`;
/** As dovecot, OpenLDAP and Apache say how a password is kept. */
const scheme = String.raw`S?SHA(?:[.-]?\d{1,3})?|S?MD5|(?:SHA\d{3}-|MD5-|BLF-|DES-)?CRYPT|PLAIN(?:-MD5|-TRUNC)?|CLEAR(?:TEXT)?|(?:CRAM|DIGEST|LDAP|SMD)-?MD5|SCRAM-SHA-\d{1,3}|ARGON2\w{0,2}|PBKDF2(?:-SHA\d{1,3})?|NTLM|NT|LANMAN`;

/** What follows PAM's word "password": how a module counts, and which. Both are to be seen. */
const ofPam = String.raw`(?:\[[^\]]{0,200}\]\s|(?:required|requisite|sufficient|optional|include|substack)\s{1,20}[\w./-])`;

const after = (start: string, secret: string): Mask => ({
  find: new RegExp(`(${start})${secret}`, "gi"),
  shown: "$1(hidden)",
});

const settings: readonly Mask[] = [
  // sudoers' NOPASSWD is what has to be seen; PAM's use_authtok is a word with others behind it.
  after(String.raw`(?<!\bno)(?:${words}|pass|authtok)${assigns}`, quoted),
  // "pass" alone is an English word, too.
  after(String.raw`(?<!\bno)(?:${words})["']?\s+(?!value\s*=|${ofPam})["']?`, value),
  after(`${keyName}${assigns}`, `${noKey}${plainly}${bare}{8,}`),
  // snmpd
  after(String.raw`\b(?:(?:r[ow]|trap)community6?|snmp-server\s+community)\s+["']?`, value),
  after(String.raw`\bcreateUser\s+[^\s]{1,100}\s+`, String.raw`\S[\s\S]{2,}`),
  // Routers: the number says how it is hidden.
  after(String.raw`(?:(?:secret|password)\s+\d|\bkey\s+[67])\s+["']?`, `${bare}{8,}`),
];

const markup: readonly Mask[] = [
  after(
    String.raw`<[\w:.-]{0,30}?(?:${words})(?:\s[^<>]{0,100})?>(?:<!\[CDATA\[)?`,
    String.raw`${plainly}[^<\s\]][^<\]]{2,}(?=<\/|\]|$)`,
  ),
  after(String.raw`(?:${words}|[\w.-]key)["']\s*>`, String.raw`${plainly}[^<\s][^<]{2,200}(?=<\/)`),
  after(
    String.raw`(?:${words}|[\w.-]key)["']\s+value\s*=\s*["']`,
    `${plainly}(?:(?<=")[^"]{3,}|(?<=')[^']{3,})`,
  ),
];

const commands: readonly Mask[] = [
  { of: /\b(?:mysql|mariadb)/, ...after(String.raw`(?<=\s)-p`, argument) },
  {
    of: /\bcurl\b/,
    ...after(
      String.raw`(?<=\s)(?:-[a-z]{0,8}u|--(?:proxy-)?user)(?:\s{1,20}|=)?["']?[^\s:"']{1,100}:`,
      String.raw`[^\s"']{3,}`,
    ),
  },
  after(String.raw`\bsshpass\b[^|;&]{0,100}?\s-p\s{0,20}`, argument),
];

const anywhere: readonly Mask[] = [
  // crypt(5): what /etc/shadow and htpasswd hold.
  {
    find: /\$(?:[1256aby]|2[abxy]|y|gy|7|argon2[id]{1,2}|apr1)\$[^\s:"']{8,}/g,
    shown: "(hidden)",
  },
  after(String.raw`\{(?:${scheme})(?:\.(?:b64|base64|hex))?\}`, String.raw`[^\s:"']{3,}`),
  // A line as in passwd, where dovecot and others have the password itself; four figures at most are of an address.
  {
    find: /^(\s{0,20}[^\s:#]{1,100}:)(?![\da-f]{0,4}:)[^\s:]{3,}(?=:\d{0,10}:\d{0,10}:)/gi,
    shown: "$1(hidden)",
  },
  after(String.raw`\bstatic:[^\s:"']{1,100}:`, String.raw`[^\s"',;]{3,}`),
  {
    find: /(\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s/:@]{0,100}:)([^\s/@]{1,200})(@)/gi,
    shown: "$1(hidden)$3",
  },
  after(
    String.raw`\bauthorization["']?(?:\s*[:=,]\s*|\s+)["']?(?:bearer|basic|token|digest|negotiate)\\?\s+`,
    `${bare}{8,}`,
  ),
  // Who knows the address may write there.
  after(
    String.raw`\bhooks\.slack\.com\/(?:services|workflows|triggers)\/|\bdiscord(?:app)?\.com\/api\/webhooks\/|\bapi\.telegram\.org\/bot`,
    String.raw`[^\s"'<>]{3,}`,
  ),
];

/** In the order they are applied. */
export const masks: readonly Mask[] = [...anywhere, ...markup, ...settings, ...commands];

/** YAML's "password: >-": the secret is in the next line. */
export const leadsToSecret = new RegExp(
  String.raw`(?:${words}|${keyName})["']?:\s{1,20}[|>][+\d-]{0,2}\s*$`,
  "i",
);
