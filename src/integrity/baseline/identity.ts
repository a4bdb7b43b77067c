import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** The keys that only the integrity process can read. */
export interface Identity {
  /** Ed25519. */
  readonly signing: KeyObject;
  /** What another machine checks signatures with: PEM. */
  readonly publicKey: string;
  /** For HMAC-SHA256 of single rows, derived from the other. As bytes it would be read anew for each row, six times as slow. */
  readonly rows: KeyObject;
}

/** The keys of a folder, made on first use. Throws what the file system throws. */
export function openIdentity(folder: string): Identity {
  const file = join(folder, "baseline.key");
  if (!existsSync(file)) {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    write(join(folder, "baseline.pub"), String(publicKey.export({ type: "spki", format: "pem" })));
    write(file, String(privateKey.export({ type: "pkcs8", format: "pem" })));
  }
  const signing = createPrivateKey(readFileSync(file));
  const secret = signing.export({ type: "pkcs8", format: "der" });
  const derived = hkdfSync("sha256", secret, "", "stockade baseline rows", 32);
  const publicKey = String(createPublicKey(signing).export({ type: "spki", format: "pem" }));
  return { signing, publicKey, rows: createSecretKey(Buffer.from(derived)) };
}

/** A killed process leaves the whole file or none. */
function write(path: string, text: string): void {
  const beside = `${path}.new`;
  const file = openSync(beside, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
