import type { BytePath } from "./entry.ts";

/** Whether a file by its name holds what nobody else may read: its content is neither kept nor shown, whatever the settings say. */
export function isSecret(path: BytePath): boolean {
  return secret.test(path);
}

/** Whether a text holds a private key, wherever it lies. */
export function holdsSecret(text: Uint8Array): boolean {
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).includes("PRIVATE KEY-----");
}

const secret = new RegExp(
  [
    "^/etc/(?:g?shadow|security/opasswd|krb5\\.keytab)[^/]*$",
    "^/etc/(?:ssl/private|wireguard|ppp|ipsec\\.d/private|NetworkManager/system-connections|stockade/secrets)/",
    "/ssh_host_[^/]*_key$",
    "/id_(?:rsa|dsa|ecdsa|ed25519)[^/.]*$",
    "/(?:\\.netrc|\\.pgpass|\\.my\\.cnf|\\.htpasswd|htpasswd|sasl_passwd[^/]*|debian\\.cnf|ipsec\\.secrets|[cp]ha?p-secrets)$",
    "\\.(?:key|keytab|p12|pfx|jks|kdbx|gpg|kbx)(?:\\.[^/]*)?$",
    "/[^/]*(?:secret|credential|privkey|private[-_.]key)[^/]*$",
  ].join("|"),
  "i",
);
