import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/**
 * Stands in for smtp.mailgun.org: SMTP on ports 587 and 2525 that takes mail only after STARTTLS, and on 465 with TLS from the
 * first byte, and only after AUTH with the one user and password it knows. Keeps each mail as a file, with the envelope in two headers before the mail's own.
 *
 *   node relay.ts FOLDER USER PASSWORD KEY CERTIFICATE      (the last two as PEM text)
 */
const [folder = "", user = "", password = "", key = "", cert = ""] = process.argv.slice(2);
let received = 0;

const options: SMTPServerOptions = {
  key,
  cert,
  // Nobody knows the names of the test's addresses.
  disableReverseLookup: true,
  authMethods: ["PLAIN", "LOGIN"],
  onAuth(auth, _session, answer) {
    if (auth.username === user && auth.password === password) answer(null, { user });
    else answer(new Error("wrong user or password"));
  },
  onData(stream, { envelope }, answer) {
    const from = envelope.mailFrom ? envelope.mailFrom.address : "";
    const to = envelope.rcptTo.map(({ address }) => address).join(", ");
    text(stream)
      .then((mail) => keep(`X-Envelope-From: ${from}\r\nX-Envelope-To: ${to}\r\n${mail}`))
      .then(() => answer(), answer);
  },
};

await Promise.all([587, 2525, 465].map(listen));
process.stdout.write("listening\n");

function listen(port: number): Promise<void> {
  const relay = new SMTPServer({ ...options, secure: port === 465 });
  // A client that hangs up in the middle is not the relay's end.
  relay.on("error", (error) => process.stderr.write(`relay: ${error.message}\n`));
  return new Promise((resolve) => relay.listen(port, "0.0.0.0", resolve));
}

/** Whole files only: whoever reads the folder never sees half a mail. */
function keep(mail: string): void {
  received += 1;
  const name = `${String(received).padStart(4, "0")}.eml`;
  writeFileSync(join(folder, `${name}.part`), mail);
  renameSync(join(folder, `${name}.part`), join(folder, name));
}
