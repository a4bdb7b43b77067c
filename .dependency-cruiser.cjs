// The architecture, as rules. See docs/ARCHITECTURE.md. That each of them can fail is tested in test/boundaries.test.ts.
const stage = "^src/(collect|decode|analyse|verdict|respond|report|integrity)/";
const error = (name, from, to) => ({ name, severity: "error", from, to });
const only = (pkg, ...places) =>
  error(
    `${pkg}-only-in-${places.map((place) => place.replaceAll(/[/.]/g, "-")).join("-")}`,
    { path: "^src/", pathNot: `^src/(${places.join("|")})` },
    { path: `node_modules/${pkg}/` },
  );

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    error("no-cycles", {}, { circular: true }),
    error("core-imports-nothing", { path: "^src/core/" }, { path: "^src/", pathNot: "^src/core/" }),
    error(
      "core-does-no-io",
      { path: "^src/core/" },
      { path: "^(node:)?(fs|fs/promises|child_process|http|https|dns|sqlite)$" },
    ),
    error(
      "config-imports-core-and-pattern",
      { path: "^src/config/" },
      { path: "^src/", pathNot: "^src/(core|config|pattern)/" },
    ),
    error(
      "pattern-imports-core",
      { path: "^src/pattern/" },
      { path: "^src/", pathNot: "^src/(core|pattern)/" },
    ),
    error(
      "verdict-imports-core-and-config",
      { path: "^src/verdict/" },
      { path: "^src/", pathNot: "^src/(core|config|verdict)/" },
    ),
    error(
      "stages-never-meet",
      { path: stage },
      { path: "^src/", pathNot: ["^src/(core|config|pattern)/", "^src/$1/"] },
    ),
    error("nobody-imports-bin", { path: "^src/", pathNot: "^src/bin/" }, { path: "^src/bin/" }),

    // Processes: what each may reach, however indirectly.
    error(
      "daemon-cannot-touch-the-firewall",
      { path: "^src/bin/stockaded" },
      { path: "^src/respond/(?!client)", reachable: true },
    ),
    error(
      "responder-is-small",
      { path: "^src/bin/stockade-respond" },
      {
        path: [
          "^src/(collect|decode|analyse|verdict|report|pattern)/",
          "node_modules/fast-xml-parser/",
        ],
        reachable: true,
      },
    ),

    error(
      "responder-runs-no-commands",
      { path: "^src/bin/stockade-respond" },
      { path: "^src/respond/execute/", reachable: true },
    ),
    error(
      "executor-is-small",
      { path: "^src/bin/stockade-execute" },
      {
        path: [
          "^src/(collect|decode|analyse|verdict|report|pattern)/",
          "^src/respond/(firewall|host-deny|blocks)",
          "node_modules/fast-xml-parser/",
        ],
        reachable: true,
      },
    ),

    error(
      "integrity-is-small",
      { path: "^src/bin/stockade-integrity" },
      {
        path: ["^src/(collect|decode|analyse|verdict|report|respond)/"],
        reachable: true,
      },
    ),
    error(
      "daemon-looks-at-no-file-of-others",
      { path: "^src/bin/stockaded" },
      { path: "^src/integrity/", reachable: true },
    ),

    // Packages: who may use what.
    only("execa", "bin/"),
    only("commander", "bin/"),
    only("nodemailer", "report/"),
    only("fast-xml-parser", "config/xml"),
    only("node-cron", "bin/"),
    error(
      "child-processes-in-seven-places",
      {
        path: "^src/",
        pathNot:
          "^src/(respond/run|respond/execute/call|collect/logs/journal|collect/command\\.|bin/systemd-notify|bin/hang-guard|integrity/run\\.)",
      },
      { path: "^(node:)?child_process$" },
    ),
    error("no-dev-dependencies", { path: "^src/" }, { dependencyTypes: ["npm-dev", "npm-no-pkg"] }),
  ],
  options: { tsPreCompilationDeps: true, doNotFollow: { path: "node_modules" } },
};
