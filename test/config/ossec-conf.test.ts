import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandOptions } from "../../src/config/commands.ts";
import { loadSettings } from "../../src/config/load.ts";
import { alertsOptions, globalOptions } from "../../src/config/options.ts";
import { responseOptions } from "../../src/config/responses.ts";
import { ruleSources } from "../../src/config/rules-section.ts";
import { unsupported } from "../../src/config/unsupported.ts";

type Row = string | readonly [line: string, notice: string, ...more: string[]];

const mailing: Row[] = [
  "<ossec_config>",
  "<global>",
  "<email_notification>yes</email_notification>",
  "<email_to>first@example.com</email_to>",
  "<email_to>second@example.com</email_to>",
  "<email_from>ids@example.com</email_from>",
  "<email_from>hids@example.com</email_from>",
  ["<email_reply_to>desk@example.com</email_reply_to>", "answers go to the sender"],
  ["<email_idsname>ids-1</email_idsname>", "the header X-IDS-OSSEC is not written"],
  "<smtp_server>192.0.2.25:587</smtp_server>",
  ["<smtp_server>/usr/sbin/sendmail -t</smtp_server>", "mail goes to 192.0.2.25:587"],
  ["<helo_server>mx.example.com</helo_server>", "Postfix introduces itself"],
  "<email_maxperhour>24</email_maxperhour>",
  ["<auth_smtp>yes</auth_smtp>", "Postfix on this server logs in to the relay"],
  ["<smtp_user>u</smtp_user>", "Postfix on this server logs in to the relay"],
  ["<smtp_password>p</smtp_password>", "Postfix on this server logs in to the relay"],
  "<secure_smtp>no</secure_smtp>",
  "<smtp_tls_verify>yes</smtp_tls_verify>",
  ["<smtp_port>587</smtp_port>", "a port stands behind the host"],
  "</global>",
];

const judging: Row[] = [
  "<global>",
  "<ossec_compatible>no</ossec_compatible>",
  ["<memory_size>1024</memory_size>", "is raised to 2048", "only with <ossec_compatible>"],
  ["<stats>4</stats>", "no statistics alert is raised"],
  ["<logall>yes</logall>", "lines that raise no alert are not kept"],
  "<logall_json>no</logall_json>",
  "<jsonout_output>no</jsonout_output>",
  ["<integrity_checking>8</integrity_checking>", "OSSEC does not use it either"],
  "<rootkit_detection>0</rootkit_detection>",
  ["<host_information>8</host_information>", "OSSEC does not use it either"],
  "<white_list>192.0.2.7</white_list>",
  "<home_net>198.51.100.0/24</home_net>",
  "<signatures>/etc/suricata/rules</signatures>",
  "<allow_list>2001:db8::/32</allow_list>",
  "<white_list>^localhost.localdomain$</white_list>",
  ["<white_list>!198.51.100.1</white_list>", "exceptions are not supported: 198.51.100.1 is never"],
  ["<custom_alert_output>$TIMESTAMP</custom_alert_output>", "alerts.log keeps OSSEC's own format"],
  ["<compress_alerts>yes</compress_alerts>", "logrotate compresses the alert log"],
  "<prelude_output>no</prelude_output>",
  ["<prelude_profile>OSSEC</prelude_profile>", "alerts are not sent to Prelude"],
  ["<prelude_log_level>5</prelude_log_level>", "alerts are not sent to Prelude"],
  ["<zeromq_output>yes</zeromq_output>", "alerts are not sent by ZeroMQ"],
  ["<zeromq_uri>tcp://localhost:11111/</zeromq_uri>", "alerts are not sent by ZeroMQ"],
  ["<zeromq_server_cert>/etc/s.pem</zeromq_server_cert>", "alerts are not sent by ZeroMQ"],
  ["<zeromq_client_cert>/etc/c.pem</zeromq_client_cert>", "alerts are not sent by ZeroMQ"],
  ["<geoipdb>/etc/g.dat</geoipdb>", "addresses are not looked up in a map"],
  ["<geoip_db_path>/etc/g4.dat</geoip_db_path>", "addresses are not looked up in a map"],
  ["<geoip6_db_path>/etc/g6.dat</geoip6_db_path>", "addresses are not looked up in a map"],
  ["<md5_allowlist>/etc/md5.db</md5_allowlist>", "files are compared by SHA-256"],
  ["<md5_whitelist>/etc/md5.db</md5_whitelist>", "files are compared by SHA-256"],
  ["<database_type>sqlite</database_type>", "files are compared by SHA-256"],
  "</global>",
  "<alerts>",
  "<log_alert_level>2</log_alert_level>",
  "<email_alert_level>8</email_alert_level>",
  "<email_rules>533, 5720</email_rules>",
  "<email_rules>550</email_rules>",
  ["<use_geoip>yes</use_geoip>", "addresses are not looked up in a map"],
  "</alerts>",
  "<rules>",
  "<decoder>etc/decoder.xml</decoder>",
  '<decoder_dir pattern="^etc/decoders.d">etc/decoders.d</decoder_dir>',
  "<include>rules_config.xml</include>",
  "<rule>custom/first.xml</rule>",
  '<rule_dir pattern="_rules.xml$">rules</rule_dir>',
  "<list>rules/lists/blocked</list>",
  "</rules>",
];

const watching: Row[] = [
  "<syscheck>",
  "<frequency>79200</frequency><scan_time>2am</scan_time><scan_day>monday</scan_day>",
  "<scan_on_start>yes</scan_on_start><auto_ignore>no</auto_ignore><disabled>no</disabled>",
  "<alert_new_files>yes</alert_new_files><skip_nfs>yes</skip_nfs>",
  "<prefilter_cmd>/bin/x</prefilter_cmd>",
  '<directories check_all="yes" realtime="yes" report_changes="yes" restrict="conf">/etc</directories>',
  '<ignore>/etc/mtab</ignore><ignore type="sregex">.log$</ignore><nodiff>/etc/shadow</nodiff>',
  [
    "<windows_registry>HKEY_LOCAL_MACHINE</windows_registry>",
    "has no effect: there is no registry",
  ],
  ["<registry_ignore>HKEY</registry_ignore>", "has no effect: there is no registry"],
  "</syscheck>",
  "<rootcheck>",
  "<frequency>36000</frequency><disabled>no</disabled><skip_nfs>no</skip_nfs><scanall>no</scanall>",
  "<base_directory>/</base_directory><ignore>/dev/shm</ignore>",
  ["<readall>yes</readall>", "<readall> has no effect: <syscheck> reads files"],
  "<rootkit_files>/var/ossec/etc/shared/rootkit_files.txt</rootkit_files>",
  ["<rootkit_trojans>t.txt</rootkit_trojans>", "/var/ossec/t.txt is meant"],
  "<system_audit>/var/ossec/etc/shared/system_audit_rcl.txt</system_audit>",
  ["<windows_audit>a</windows_audit>", "has no effect: this is no Windows"],
  ["<windows_apps>a</windows_apps>", "has no effect: this is no Windows"],
  ["<windows_malware>a</windows_malware>", "has no effect: this is no Windows"],
  "<check_dev>yes</check_dev><check_files>yes</check_files><check_if>yes</check_if>",
  "<check_pids>yes</check_pids><check_ports>yes</check_ports><check_sys>yes</check_sys>",
  "<check_trojans>yes</check_trojans><check_unixaudit>yes</check_unixaudit><check_policy>yes</check_policy>",
  "<check_winapps>no</check_winapps><check_winaudit>no</check_winaudit>",
  "<check_winmalware>no</check_winmalware>",
  "</rootcheck>",
  ["<remote>", "<remote> is not supported yet: no agents and no remote syslog are listened to"],
  "<connection>syslog</connection><port>514</port><protocol>udp</protocol><ipv6>no</ipv6>",
  "<local_ip>192.0.2.1</local_ip><allowed-ips>192.0.2.0/24</allowed-ips><denied-ips>::1</denied-ips>",
  "</remote>",
  ["<client>", "<client> is not supported yet: no server is reported to"],
  "<server-ip>192.0.2.1</server-ip><server-hostname>h</server-hostname><local_ip>192.0.2.1</local_ip>",
  "<port>1514</port><config-profile>web</config-profile><notify_time>600</notify_time>",
  "<time-reconnect>1800</time-reconnect><disable-active-response>no</disable-active-response>",
  "</client>",
  ["<agentless>", "<agentless> is not supported yet: no other machine is looked at"],
  "<type>ssh_integrity_check_linux</type><frequency>36000</frequency><host>root@192.0.2.1</host>",
  "<port>22</port><state>periodic</state><arguments>/bin</arguments><run_command>x</run_command>",
  "</agentless>",
];

const telling: Row[] = [
  ["<email_alerts>", "<email_alerts> is not supported yet: mail goes to <global><email_to> only"],
  "<email_to>web@example.com</email_to><level>10</level><rule_id>31151, 31152</rule_id>",
  "<group>web</group><event_location>web1|web2</event_location><format>default</format>",
  "<do_not_delay /><do_not_group />",
  "</email_alerts>",
  ["<reports>", "<reports> is not supported yet: no daily report is made"],
  "<title>Logins</title><type>email</type><frequency>daily</frequency><showlogs>yes</showlogs>",
  '<category>authentication_success</category><group>sshd</group><rule>5715</rule><level type="relation">3</level>',
  "<location>web1</location><srcip>192.0.2.7</srcip><user>root</user><email_to>a@example.com</email_to>",
  "</reports>",
  [
    "<syslog_output>",
    "<syslog_output> is not supported yet: alerts are not sent to a syslog server",
  ],
  "<server>192.0.2.9</server><port>514</port><level>5</level><rule_id>1</rule_id><group>g</group>",
  "<location>web1</location><event_location>web1</event_location><format>cef</format>",
  "<use_fqdn>no</use_fqdn><protocol>tcp</protocol><tls>no</tls><tls_verify>yes</tls_verify><tls_ca>/ca</tls_ca>",
  "</syslog_output>",
  [
    "<database_output>",
    "<database_output> is not supported yet: alerts are not written to a database",
  ],
  "<hostname>192.0.2.9</hostname><username>u</username><password>p</password>",
  "<database>d</database><type>mysql</type><port>3306</port><socket>/s</socket>",
  "</database_output>",
];

const responding: Row[] = [
  "</ossec_config>",
  "<!-- Another root is read on. -->",
  "<ossec_config>",
  "<command>",
  "<name>drop</name><executable>firewall-drop.sh</executable><expect>srcip</expect>",
  "<timeout_allowed>yes</timeout_allowed>",
  "</command>",
  "<command>",
  "<name>slack</name><executable>ossec-slack.sh</executable><expect />",
  "<timeout_allowed>no</timeout_allowed>",
  "</command>",
  "<active-response>",
  "<command>drop</command><location>local</location><level>6</level>",
  "<rules_id>5712, 5720</rules_id><rules_group>authentication_failures|attack</rules_group>",
  "<timeout>600</timeout><repeated_offenders>30, 60, 120</repeated_offenders><disabled>no</disabled>",
  "</active-response>",
  "<active-response>",
  "<command>slack</command><location>server</location><level>10</level>",
  "</active-response>",
  ["<active-response>", 'of "drop" is not run: there are no agents'],
  "<command>drop</command><location>defined-agent</location><agent_id>003</agent_id><level>10</level>",
  "<verdict>attacked-by</verdict>",
  "</active-response>",
  ["<active-response>", 'of "host-deny" has no <timeout>: a block lasts 600 s'],
  "<command>host-deny</command><location>all</location><level>10</level><timeout>0</timeout>",
  "</active-response>",
  "<active-response>",
  "<disabled>yes</disabled><command>drop</command><location>local</location><level>1</level>",
  "</active-response>",
  "<active-response>",
  [
    "<repeated_offenders>30</repeated_offenders>",
    "<repeated_offenders> has no effect: the first one in the file holds",
  ],
  "</active-response>",
  "<active-response>",
  ["<observe>yes</observe>", "<observe> is yes: nobody is blocked"],
  "<observe_rules>5712</observe_rules>",
  "<repeated_maximum>3600</repeated_maximum>",
  "<repeated_forgiven>7200</repeated_forgiven>",
  "</active-response>",
  "<active-response>",
  "<disabled>yes</disabled><repeated_multiplier>2</repeated_multiplier>",
  "</active-response>",
  "<active-response><observe_rules>5720, 31151</observe_rules></active-response>",
  "<localfile><location>/var/log/auth.log</location><log_format>syslog</log_format></localfile>",
  "</ossec_config>",
];

const rows = [...mailing, ...judging, ...watching, ...telling, ...responding];
const text = rows.map((row) => (typeof row === "string" ? row : row[0])).join("\n");
const file = join(mkdtempSync(join(tmpdir(), "stockade-config-")), "ossec.conf");
writeFileSync(file, text);
const { settings, notices } = loadSettings(file);

test("every notice has its file, its line and its meaning, and nothing else is told", () => {
  const expected = rows.flatMap((row, index) =>
    typeof row === "string"
      ? []
      : row.slice(1).map((part) => ({
          file,
          line: index + 1,
          message: expect.stringContaining(part),
        })),
  );
  const inOrder = notices.toSorted((a, b) => a.line - b.line);
  expect(inOrder).toEqual(expected);
});

test("the file has every option of every section that the code knows", () => {
  const known = {
    global: Object.keys(globalOptions),
    alerts: Object.keys(alertsOptions),
    rules: ruleSources,
    command: commandOptions,
    "active-response": responseOptions,
    ...Object.fromEntries(
      Object.entries(unsupported).map(([name, { options }]) => [name, options]),
    ),
  };
  const absent = Object.entries(known).flatMap(([section, options]) => {
    const parts = [...text.matchAll(new RegExp(`^<${section}>$(.*?)^</${section}>$`, "gms"))];
    const inside = parts.map(([, part]) => part).join("");
    return options.filter((option) => !new RegExp(`<${option}[ >]`).test(inside));
  });
  expect(absent).toEqual([]);
});

test("what is used is in the settings: lists grow, the last scalar wins", () => {
  expect(settings.global).toEqual({
    ossecCompatible: false,
    jsonOutput: false,
    memorySize: 2048,
    emailNotification: true,
    emailTo: ["first@example.com", "second@example.com"],
    emailFrom: "hids@example.com",
    smtpServer: "192.0.2.25:587",
    emailMaxPerHour: 24,
    whiteList: ["192.0.2.7", "2001:db8::/32", "localhost.localdomain"],
    homeNets: ["198.51.100.0/24"],
    signatures: ["/etc/suricata/rules"],
  });
  expect(settings.alerts).toEqual({ logLevel: 2, emailLevel: 8, emailRules: [533, 5720, 550] });
  expect(settings.activeResponses).toEqual([
    {
      response: "firewall-drop",
      level: 6,
      ruleIds: [5712, 5720],
      ruleGroups: ["authentication_failures", "attack"],
      seconds: 600,
      verdicts: ["attacked-by"],
    },
    {
      response: "host-deny",
      level: 10,
      ruleIds: [],
      ruleGroups: [],
      seconds: 600,
      verdicts: ["attacked-by"],
    },
  ]);
});

test("a command that is no block is run about each alert, by an executable of the admin's", () => {
  const line = rows.findIndex((row) => typeof row === "string" && row.includes(">slack<"));
  expect(settings.commands).toEqual([
    {
      name: "slack",
      executable: "ossec-slack.sh",
      expect: [],
      mayEnd: false,
      at: `${file}:${line}`,
    },
  ]);
  expect(settings.customResponses).toEqual([
    { command: "slack", expect: [], level: 10, ruleIds: [], ruleGroups: [], seconds: 0 },
  ]);
});

test("what is said of all responses", () => {
  expect(settings.blocking).toEqual({
    observe: true,
    observeRules: [5712, 5720, 31151],
    minutes: [30, 60, 120],
    multiplier: 1,
    maximumSeconds: 3600,
    forgivenSeconds: 7200,
  });
});

test("<rules> is kept in its order, each entry with its place", () => {
  const at = (start: string) =>
    `${file}:${rows.findIndex((row) => typeof row === "string" && row.startsWith(start)) + 1}`;
  expect(settings.rules).toEqual([
    { kind: "decoder", path: "etc/decoder.xml", at: at("<decoder>") },
    {
      kind: "decoder_dir",
      path: "etc/decoders.d",
      pattern: "^etc/decoders.d",
      at: at("<decoder_dir"),
    },
    { kind: "include", path: "rules_config.xml", at: at("<include>") },
    { kind: "rule", path: "custom/first.xml", at: at("<rule>") },
    { kind: "rule_dir", path: "rules", pattern: "_rules.xml$", at: at("<rule_dir") },
    { kind: "list", path: "rules/lists/blocked", at: at("<list>") },
  ]);
});
