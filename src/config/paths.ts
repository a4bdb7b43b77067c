import { join } from "node:path";

/** Every place Stockade reads or writes, below one root ("/" on a server, a scratch folder in tests). */
export interface Paths {
  /** What comes before the paths of other programs. */
  readonly root: string;
  /** The admin's settings, in OSSEC's XML. */
  readonly settings: string;
  /** The folder of the settings and of what they name by relative paths. */
  readonly settingsFolder: string;
  readonly localRules: string;
  readonly localDecoders: string;
  readonly lists: string;
  /** The folder of the signatures that Suricata has loaded. */
  readonly signatures: string;
  /** What the last update of Suricata's rules says of itself; root writes it. */
  readonly signatureStatus: string;
  /** What came with Stockade: rules, bundles, private Node. */
  readonly shippedRules: string;
  readonly shippedDecoders: string;
  readonly alertsLog: string;
  readonly alertsJson: string;
  readonly activeResponsesLog: string;
  /** The daemon's own: positions in logs, mail not yet handed over. */
  readonly daemonState: string;
  /** The responder's own: blocks and when they end. */
  readonly respondState: string;
  /** Which server this is; root makes it at the first start, everybody may read it. */
  readonly identity: string;
  /** What only observes; `stockade observe` writes it, the daemon reads it. */
  readonly observing: string;
  /** Who is not blocked for a while; `stockade allow` writes it, daemon and responder read it. */
  readonly allowed: string;
  /** The responder's settings, written by root from the admin's at every start and reload. */
  readonly respondSettings: string;
  readonly respondSocket: string;
  /** The same for root alone, who may ask for more there. */
  readonly respondRootSocket: string;
  /** The executor's own: what commands have done and when it is undone. */
  readonly executeState: string;
  /** There while something is to be undone. */
  readonly executions: string;
  readonly executeSocket: string;
  /** The integrity process's own: the baseline, its key, what is still to be told. */
  readonly integrityState: string;
  /** Where the daemon gets what it finds. */
  readonly findingsSocket: string;
  /** Where root asks it, and nobody else may. */
  readonly integritySocket: string;
  /** The folder of the admin's executables. */
  readonly executables: string;
  /** What `stockade status` shows of the daemon. */
  readonly daemonStatus: string;
  /** The same for Prometheus, as its node_exporter's textfile collector reads it. */
  readonly metrics: string;
  /** Where they are asked for over HTTP. */
  readonly metricsSocket: string;
  /** What `stockade rearm` wants armed again; root writes it, the daemon reads it. */
  readonly rearmWish: string;
  /** Root's note that settings nobody confirmed have gone; the daemon tells it. */
  readonly rolledBack: string;
  /** Root's note of how the last self-test by timer went; the daemon tells it. */
  readonly selftestNote: string;
  /** Where systemd starts the attacker of the self-test. */
  readonly attackerSocket: string;
  /** Root's copies of the settings folder, see `settingsHistory`. */
  readonly settingsHistory: string;
  readonly supervisorPid: string;
  readonly hostsDeny: string;
  /** The supervisor's log, where there is no systemd. */
  readonly ownLog: string;
}

/** `root` is what comes before each path; `shipped` the folder with the rules that came with this build. */
export function pathsBelow(root: string, shipped: string): Paths {
  const at = (path: string) => join(root, path);
  return {
    root,
    ...otherProcesses(at),
    settings: at("/etc/stockade/stockade.conf"),
    settingsFolder: at("/etc/stockade"),
    localRules: at("/etc/stockade/rules"),
    localDecoders: at("/etc/stockade/decoders"),
    lists: at("/etc/stockade/lists"),
    signatures: at("/var/lib/suricata/rules"),
    signatureStatus: at("/var/lib/stockade/suricata/rules-status"),
    shippedRules: join(shipped, "rules"),
    shippedDecoders: join(shipped, "rules/decoders"),
    alertsLog: at("/var/log/stockade/alerts/alerts.log"),
    alertsJson: at("/var/log/stockade/alerts/alerts.json"),
    activeResponsesLog: at("/var/log/stockade/active-responses.log"),
    daemonState: at("/var/lib/stockade/daemon"),
    respondState: at("/var/lib/stockade/respond"),
    identity: at("/var/lib/stockade/identity"),
    observing: at("/var/lib/stockade/observing.json"),
    allowed: at("/var/lib/stockade/allowed.json"),
    respondSettings: at("/run/stockade/respond.json"),
    respondSocket: at("/run/stockade/respond.sock"),
    respondRootSocket: at("/run/stockade/respond-root.sock"),
    executables: at("/etc/stockade/active-response/bin"),
    daemonStatus: at("/run/stockade/daemon/status.json"),
    metrics: at("/run/stockade/daemon/metrics.prom"),
    metricsSocket: at("/run/stockade/daemon/metrics.sock"),
    rearmWish: at("/run/stockade/rearm.json"),
    rolledBack: at("/run/stockade/rolled-back.json"),
    selftestNote: at("/run/stockade/selftest.json"),
    attackerSocket: at("/run/stockade/attacker.sock"),
    settingsHistory: at("/var/lib/stockade/settings"),
    supervisorPid: at("/run/stockade/supervisor.pid"),
    hostsDeny: at("/etc/hosts.deny"),
    ownLog: at("/var/log/stockade/stockade.log"),
  };
}

function otherProcesses(at: (path: string) => string) {
  return {
    executeState: at("/var/lib/stockade/execute"),
    executions: at("/var/lib/stockade/execute/live.json"),
    executeSocket: at("/run/stockade/execute.sock"),
    integrityState: at("/var/lib/stockade/integrity"),
    findingsSocket: at("/run/stockade/integrity/findings.sock"),
    integritySocket: at("/run/stockade/integrity/control.sock"),
  };
}
