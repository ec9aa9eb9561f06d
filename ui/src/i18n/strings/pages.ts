import { plural } from "../format/plural.ts"
export const pages = {
  missing: {
    missing: {
      heading: "Page not found",
      text: "No page has this address. It may have been renamed or removed.",
    },
    forbidden: {
      heading: "No permission",
      text: "Your role cannot open this page. Ask an admin of your organisation to change your role.",
    },
    back: "Back to the overview",
  },
  login: {
    heading: "Log in",
    email: "E-mail",
    password: "Password",
    submit: "Log in",
    loginFailed:
      "Login failed. The e-mail address or the password is wrong. Check both and try again.",
  },
  setup: {
    heading: "Set up this appliance",
    lead: "Create your organisation and its first admin. The set-up code proves that you have access to the console.",
    code: "Set-up code",
    codeHint: "The appliance printed it on its console when it started.",
    organisation: "Organisation",
    organisationHint: "Shown at the top of every page.",
    name: "Your name",
    email: "E-mail",
    password: "Password",
    passwordHint: "At least 12 characters. Several words are stronger than symbols.",
    strength: ["Too short", "Weak", "Fair", "Good", "Strong"],
    submit: "Create account and log in",
  },
  import: {
    title: "Import devices",
    lead: "One line per device. The list is checked first. Nothing is stored until you import it.",
    csv: "CSV",
    columns:
      "The first line is a header. Columns: name, address, and any of site, roles (core;edge), agent, credential, latitude, longitude, api_port, api_tls, fingerprint, snmp_port. A device whose name exists is updated; a site that does not exist is created; latitude and longitude are those of the site. Over TLS, a router is polled after its certificate is confirmed: by its fingerprint (SHA-256) here, or by a test of its access.",
    example: "name,address,site,roles\nank-core-1,192.0.2.1,Ankara,core;border",
    file: "Choose file",
    tryIt: "Check",
    preview: (n: {
      created: number
      updated: number
      unchanged: number
      sitesCreated: number
      sitesUpdated: number
    }) =>
      [
        `${n.created} new`,
        `${n.updated} updated`,
        ...(n.unchanged === 0 ? [] : [`${n.unchanged} unchanged`]),
        ...(n.sitesCreated === 0
          ? []
          : [plural(n.sitesCreated, { one: "# new site", other: "# new sites" })]),
        ...(n.sitesUpdated === 0
          ? []
          : [plural(n.sitesUpdated, { one: "# site updated", other: "# sites updated" })]),
      ].join(" · "),
    allGood: "No lines are rejected.",
    changes: "Changes to existing devices and sites",
    changedThing: "Device or site",
    change: "Change",
    moved: (field: string, before: string, after: string) => `${field}: ${before} → ${after}`,
    empty: "(none)",
    moreChanges: (n: number) => `Only the first ${n} changes are listed.`,
    encoding: "Encoding of the file",
    encodingHint: "The file is not UTF-8. Check names with accents, or choose another encoding.",
    rejected: "Rejected lines",
    line: "Line",
    column: "Column",
    problem: "Error",
    go: (n: number) =>
      n === 0 ? "Import" : plural(n, { one: "Import # device", other: "Import # devices" }),
    leftOut: (n: number) => plural(n, { one: "# line is skipped.", other: "# lines are skipped." }),
    agent: "Agent for devices without one",
    noAgent: "None: not monitored yet",
    unmonitored: "No agent is selected. Devices without an agent are imported but not monitored.",
    done: (created: number, updated: number) => `Imported: ${created} new, ${updated} updated.`,
  },
  overview: {
    failed: "The overview could not be loaded",
    emptyTitle: "No devices yet",
    emptyText:
      "The overview shows the status of the network and its open incidents. Add the first router to start.",
    healthy: "No faults",
    for: "for",
    unhealthy: (what: string) => `No open incidents, but ${what}`,
    noAgent: (n: number) =>
      plural(n, { one: "# device has no agent", other: "# devices have no agent" }),
    devicesUp: "Devices up",
    linksUp: "Links up",
    traffic: "Traffic on all links",
    trafficHint:
      "Sum of both directions of each link, measured at one of its ends. Traffic that crosses several links counts on each of them.",
    rtt: "Median round trip",
    rttHint: "of all devices that answer",
    of: (all: string) => `of ${all}`,
    allAnswer: "All answer",
    allAnswerOrReport: (n: number) =>
      n === 1 ? "All answer or send reports (1)" : `All answer or send reports (${n})`,
    allRun: "All up",
    incidents: "Open incidents",
    allIncidents: "All incidents",
    noIncidents: "None. New incidents appear here automatically.",
    impact: (down: number, unreachable: number) =>
      [
        down === 0 ? "" : `${plural(down, { one: "# device", other: "# devices" })} down`,
        unreachable === 0 ? "" : `${unreachable} unreachable`,
      ]
        .filter(Boolean)
        .join(" · ") || "No device down",
    ownedBy: (name: string) => `acknowledged by ${name}`,
    busiest: "Busiest links",
    changes: "Changed in the last hour",
    noChanges: "Nothing changed.",
  },
  devices: {
    title: "Devices",
    search: "Name, address, site, board…",
    add: "Add router",
    importCsv: "Import CSV",
    exportCsv: "CSV",
    filterStatus: "Status",
    filterSite: "Site",
    filterRole: "Role",
    allSites: "All sites",
    allRoles: "All roles",
    noSite: "No site",
    noAgent: "No agent",
    emptyTitle: "No devices yet",
    emptyText:
      "This page lists every monitored router with its status, its load and the time when it was last seen.",
    noneTitle: "No devices found",
    noneText: "No device matches these filters.",
    clear: "Clear filters",
    setSite: "Set site",
    setAgent: "Set agent",
    changedAll: (n: number) =>
      plural(n, { one: "# device was changed.", other: "# devices were changed." }),
    /** After "2 selected". */
    hiddenByFilter: (n: number) =>
      plural(n, { one: ", # more hidden by the filter", other: ", # more hidden by the filter" }),
    refusedSome: (n: number, why: string) =>
      `${plural(n, { one: "# device was not changed", other: "# devices were not changed" })}: ${why}`,
    failed: "The devices could not be loaded",
    openPage: "Open page",
    columns: {
      status: "Status",
      name: "Name",
      site: "Site",
      roles: "Roles",
      release: "Release",
      uptime: "Uptime",
      cpu: "CPU",
      loss: "Loss",
      rtt: "RTT",
      traffic: "Traffic in / out",
      seen: "Last seen",
      address: "Address",
      before: "Last value before the device stopped answering",
    },
  },
  device: {
    since: "for",
    rtt: "Round trip",
    loss: "Loss",
    cpu: "CPU",
    memory: "Memory",
    rx: "In",
    tx: "Out",
    address: "Address",
    board: "Board",
    release: "Release",
    uptime: "Uptime",
    site: "Site",
    roles: "Roles",
    agent: "Agent",
    noAgent: "No agent: not monitored",
    selfReports: "None: self-reporting",
    letReport: "Set up self-reporting",
    seen: "Last seen",
    edit: "Edit",
    chartsFailed: "The history could not be loaded",
    goneTitle: "Device not found",
    goneText: "It was removed, or the address is wrong.",
    tabs: { label: "Details", interfaces: "Interfaces", events: "Events", sensors: "Sensors" },
    ports: {
      status: "Status",
      name: "Interface",
      type: "Type",
      speed: "Speed",
      traffic: "Traffic",
      rx: "In",
      tx: "Out",
      errors: "Errors",
      drops: "Discards",
      running: "Running",
      notRunning: "No link",
      down: "Down",
      disabled: "Disabled",
      emptyTitle: "No interfaces yet",
      emptyText: "Interfaces appear when the device first answers over the RouterOS API or SNMP.",
    },
    events: {
      emptyTitle: "No events",
      emptyText: "Syslog messages of the device and changes of its status are listed here.",
    },
    sensors: {
      emptyTitle: "No sensors",
      emptyText: "Temperatures, voltages and fan speeds are shown here if the board measures them.",
    },
    form: {
      heading: (name: string) => `Edit ${name}`,
      name: "Name",
      address: "Address",
      site: "Site",
      agent: "Agent",
      roles: "Roles",
      note: "Note",
      access: "Change or test access",
      save: "Save",
      saved: (name: string) => `${name} was saved.`,
      remove: "Remove",
      removeHeading: (name: string) => `Remove ${name}?`,
      removeText:
        "It is no longer monitored, and is removed from all maps and lists. This cannot be undone.",
      removed: (name: string) => `${name} was removed.`,
    },
  },
} as const
