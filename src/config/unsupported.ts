/** A section of OSSEC 4.3 that Stockade does not have yet. */
interface Unsupported {
  /** What that means for the admin. */
  readonly without: string;
  /** The options OSSEC knows in it. They are not looked at any further. */
  readonly options: readonly string[];
}

/** Every such section, by its name. Names of options are those of `src/config/*.c` of OSSEC. */
export const unsupported: Readonly<Record<string, Unsupported>> = {
  email_alerts: {
    without: "mail goes to <global><email_to> only",
    options: words("email_to level rule_id group event_location format do_not_delay do_not_group"),
  },
  reports: {
    without: "no daily report is made",
    options: words(
      "title type frequency showlogs category group rule level location srcip user email_to",
    ),
  },
  syslog_output: {
    without: "alerts are not sent to a syslog server",
    options: words(
      "server port level rule_id group location event_location format use_fqdn protocol tls tls_verify tls_ca",
    ),
  },
  database_output: {
    without: "alerts are not written to a database",
    options: words("hostname username password database type port socket"),
  },
  remote: {
    without: "no agents and no remote syslog are listened to",
    options: words("connection port protocol ipv6 local_ip allowed-ips denied-ips"),
  },
  client: {
    without: "no server is reported to: this server judges its own logs",
    options: words(
      "server-ip server-hostname local_ip port config-profile notify_time time-reconnect disable-active-response",
    ),
  },
  agentless: {
    without: "no other machine is looked at",
    options: words("type frequency host port state arguments run_command"),
  },
};

function words(...lines: string[]): string[] {
  return lines.join(" ").split(" ");
}
