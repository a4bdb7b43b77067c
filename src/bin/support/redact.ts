/** Makes text fit for somebody else's eyes. The same address becomes the same word in all that one of these is given. */
export type Redact = (text: string) => string;

const gone = "[removed]";
/** What names of secrets have in them, in settings, answers, headers and JSON alike. */
const secret = String.raw`[\w.-]*(?:passw(?:or)?d|passwd|passphrase|secret|token|api[_-]?key|apikey|auth_pass|credential|authorization|webhook|hook_url|private[_-]?key)[\w.-]*`;

/** In this order. A name is followed by ":", "=" or blanks and its value up to the line's end; in XML it is an element or an attribute. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g, gone],
  [new RegExp(String.raw`(<(${secret})(?:\s[^>]*)?>)[\s\S]*?(</\2\s*>)`, "gi"), `$1${gone}$3`],
  [new RegExp(String.raw`("(?:${secret})"\s*:\s*)"(?:[^"\\]|\\.)*"`, "gi"), `$1"${gone}"`],
  [
    new RegExp(
      String.raw`\b(${secret})(["']?\s*[:=]\s*)(?!\s*(?:texthash|hash|lmdb|static|yes\b|no\b)).+`,
      "gi",
    ),
    `$1$2${gone}`,
  ],
  [/\bstatic:\S+/g, `static:${gone}`],
  [/(--?(?:password|passwd|token|secret|user)[= ])\S+/gi, `$1${gone}`],
  [/(\b[a-z][a-z\d+.-]*:\/\/)[^/@\s:]*:[^@\s]*@/gi, `$1${gone}@`],
  [/\bhttps?:\/\/hooks?\.[^\s"'<>]+/gi, `https://${gone}`],
  [
    /\bhttps?:\/\/\S*\/(?:webhooks?|api\/v\d+\/webhooks?|bot\d+:)\/?[^\s"'<>]*/gi,
    `https://${gone}`,
  ],
  [/\b(?:Bearer|Basic)\s+[\w+/=.~-]{8,}/g, gone],
  [
    /\b(?:key-[\da-f]{32}|[\da-f]{32}-[\da-f]{8}-[\da-f]{8}|xox[abprs]-[\w-]{10,}|gh[pousr]_\w{20,}|AKIA[A-Z\d]{16})\b/g,
    gone,
  ],
  [/\$(?:1|2[aby]|5|6|7|y|gy|argon2\w*)\$[\w./$,=+-]{8,}/g, gone],
];

const mailAddress = /[\w.+%-]{1,64}@(?:[a-z\d-]{1,63}\.)+[a-z]{2,}|[\w.+%-]{1,64}@localhost/gi;

/** Takes secrets out, and mail addresses unless they are to stay. */
export function openRedact(keepsMailAddresses: boolean): Redact {
  const known = new Map<string, string>();
  const named = (address: string) => {
    const key = address.toLowerCase();
    const name = known.get(key) ?? `[mail-${known.size + 1}]`;
    known.set(key, name);
    return name;
  };
  return (text) => {
    const clean = replacements.reduce((left, [pattern, by]) => left.replace(pattern, by), text);
    return keepsMailAddresses ? clean : clean.replace(mailAddress, named);
  };
}
