import type {
  Companion,
  CompanionInput,
  CompanionKey,
  CompanionScript,
  DriftRow,
  NetwatchInput,
} from "@ispvm/appliance/api/companion"
import { plural } from "../format/plural.ts"

type Profile = CompanionInput["profile"]
const profile: Record<Profile, { readonly name: string; readonly text: string }> = {
  core: {
    name: "Core",
    text: "Carries traffic of other routers. Reports interfaces, BGP and OSPF neighbours.",
  },
  edge: {
    name: "Edge",
    text: "Connects to carriers and other networks. Reports interfaces and neighbours.",
  },
  access: {
    name: "Access",
    text: "Terminates customer sessions. Reports interfaces and large changes in PPP sessions.",
  },
  cpe: {
    name: "CPE",
    text: "At a customer's site, often behind NAT. Reports interfaces and heartbeats.",
  },
}
const snmp: Record<CompanionInput["snmp"], string> = {
  off: "Off",
  v3: "v3, encrypted",
  v2c: "v2c, in clear text",
}
const netwatchType: Record<NetwatchInput["type"], string> = {
  simple: "Ping, up or down only",
  icmp: "Ping with thresholds",
  "tcp-conn": "TCP connection",
  "http-get": "HTTP",
  "https-get": "HTTPS",
  dns: "DNS",
}
const keyState: Record<CompanionKey["state"], string> = {
  active: "In use",
  overlapping: "Valid until the new key is used",
  expired: "Expired",
  revoked: "Revoked",
}
const drift: Record<DriftRow["kind"], string> = {
  missing: "Missing",
  changed: "Changed",
  extra: "Unexpected",
  unreadable: "Not readable",
}
/** Why a push, or an item of it, was rejected. */
const rejection: Record<string, string> = {
  malformed: "An item was not valid.",
  "too-old": "An item was older than the retention time.",
  conflict: "Two different items had the same number.",
  unreadable: "A push could not be parsed.",
  gone: "The push came from a router that was deleted.",
  "too-large": "A push was larger than the limit.",
  "too-many": "The router exceeded its rate limit.",
}
const kind: Record<
  CompanionScript["kind"],
  { readonly title: (name: string) => string; readonly lead: string }
> = {
  onboard: {
    title: (name) => `Connect ${name} by script`,
    lead: "A script for this router. Read it and paste it once. From then on the router reports its own events.",
  },
  accounts: {
    title: (name) => `Accounts on ${name}`,
    lead: "Sets up the accounts of the agents and nothing else: one for reading, one for ping and traceroute, each in a group with the fewest policies. The script holds their passwords: delete the file when it is done.",
  },
  harden: {
    title: (name) => `Harden ${name}`,
    lead: "Turns off services that are not needed. If it is not confirmed in time, the router reverts all changes by itself, so nobody is locked out.",
  },
  "confirm-harden": {
    title: (name) => `Keep the hardening of ${name}`,
    lead: "Stops the timer that would revert the changes. Paste it after you have checked that you can still log in.",
  },
  remove: {
    title: (name) => `Remove the script from ${name}`,
    lead: "Removes only what carries our tag, and restores what the script changed. Afterwards the router has its earlier configuration.",
  },
}
/** Result of the script's self-test: can scripts started by the scheduler see global variables? */
const globals: Record<
  NonNullable<NonNullable<Companion["hello"]>["globals"]>,
  { readonly is: string; readonly text: string }
> = {
  seen: { is: "Scheduled scripts see global variables", text: "Nothing to do." },
  "not-seen": {
    is: "Scheduled scripts cannot see global variables",
    text: "Reporting works without them. A change during the few seconds of a restart of the monitor script is not reported. Nothing to do; other scripts on this router may need the policy “policy”.",
  },
  untested: {
    is: "No scheduled script ran during the test",
    text: "If no more reports arrive, check that the scheduler is allowed (/system device-mode) and that ispvm-start is enabled in /system scheduler. Then run the script again.",
  },
}
/** Parts of the scripts by their ids. */
const part: Record<string, string> = {
  "api-account": "API account",
  "diagnostics-account": "Account for diagnostics",
  "api-plain": "API without TLS, off if only agents used it",
  "api-tls": "API over TLS",
  authority: "Certificate of the appliance",
  clock: "Clock",
  "device-mode": "Device mode",
  firewall: "Firewall",
  harden: "Hardening",
  "harden-discovery": "Neighbour discovery",
  "harden-services": "Disabled services",
  "harden-timer": "Timer that reverts the hardening",
  preamble: "Preparation",
  push: "Push",
  "push-heartbeat": "Heartbeat",
  "push-netwatch": "Netwatch hosts",
  "push-self-test": "Self-test of scheduled scripts",
  "push-start": "Start of the monitor script",
  "push-watch": "Monitor script for interfaces and neighbours",
  report: "Report",
  snmp: "SNMP",
  syslog: "Syslog",
  unwished: "Removal of what is not configured any more",
  "undo-record": "Record of the earlier configuration",
}
const times = (n: number): string => plural(n, { one: "once", other: "# times" })

/** Self-reporting routers: onboarding by script, desired configuration, keys and drift. */
export const companion = {
  title: "Connect by script",
  kind,
  profile,
  part: (id: string): string => part[id] ?? id,
  /** `title` is that of the script, which is written in English. */
  partTitle: (_id: string, title: string): string => title,
  choices: {
    title: "Desired configuration",
    profile: "Onboarding profile",
    release: "RouterOS release",
    releaseHint: {
      router: "Reported by the router.",
      desired: "From the saved configuration.",
      none: "Enter the version that /system resource print shows, for example 7.18.2.",
    },
    reports: "Reports and access",
    push: "Push",
    pushText: "Posts events within a second, also from behind NAT.",
    heartbeat: "Heartbeat",
    heartbeatAuto: (hasAgent: boolean) =>
      hasAgent ? "Automatic: off, an agent polls it" : "Automatic: every 60 s, no agent",
    heartbeatOff: "Off",
    heartbeatEvery: (s: number) =>
      s % 60 === 0 && s > 60 ? `Every ${s / 60} min` : `Every ${s} s`,
    syslog: "Syslog",
    syslogText: "Sends the important topics to the agent.",
    api: "API account",
    apiText: "Creates a read-only user, over TLS, for the addresses of the agents.",
    snmp: "SNMP",
    snmpChoices: snmp,
    snmpWarning:
      "SNMP v2c sends the community in clear text. Choose v3 unless an old device needs v2c.",
    addresses: "Addresses",
    host: "Appliance address, as seen by the router",
    hostLoopback:
      "The router cannot reach this address: it is a loopback address. Enter a name or address of the appliance that the router can reach.",
    agents: "Agent addresses, as seen by the router",
    agentsHint: "Only these may log in and poll. Addresses or prefixes, separated by commas.",
    agentsNone: "None: the router allows no logins and only sends reports.",
    suggested: (text: string) => `If empty: ${text}`,
    harden: "Prepare hardening",
    hardenText:
      "A second script that turns off what is not needed, and reverts itself if it is not confirmed.",
    services: "Services to disable",
    servicesWarning: "This includes the service you log in with. Keep another one enabled.",
    discovery: "Interface list for neighbour discovery",
    discoveryHint: "If empty: not changed.",
    undo: "Revert unless confirmed within, min",
  },
  netwatch: {
    title: "Netwatch hosts",
    empty:
      "None. The router can probe hosts from its own location: the gateway of a carrier, a DNS server or a web page.",
    add: "Add host",
    name: "Name",
    nameHint: "Shown in every report",
    host: "Host",
    type: "Probe",
    types: netwatchType,
    interval: "Interval, s",
    port: "Port",
    loss: "Loss threshold, %",
    rtt: "Round trip threshold, ms",
    measures: "Send every measurement",
    remove: (name: string) => (name === "" ? "Remove host" : `Remove ${name}`),
    every: (s: string) => `every ${s} s`,
    unnamed: "New",
    done: "Done",
  },
  errors: {
    noRelease: "The RouterOS release is not known. Enter it.",
  },
  script: {
    title: "Script",
    for: (release: string) => `for ${release}`,
    lines: (n: number) => plural(n, { one: "# line", other: "# lines" }),
    parts: (n: number) => plural(n, { one: "# part", other: "# parts" }),
    range: (from: number, to: number) => (from === to ? `line ${from}` : `lines ${from}–${to}`),
    show: "Show secrets",
    hide: "Hide secrets",
    shown:
      "Passwords and the key of the router are visible. Anyone who has the key can send reports as this router.",
    expand: "Expand all",
    collapse: "Collapse all",
    moreRemarks: (n: number) => `${n} more remarks`,
    unproven:
      "Not tested on a real router of this release: the commands come from its documentation. Read the script carefully, and try it on one router first.",
    fixFirst: "The configuration has errors. The script below is the last valid one.",
    failed: "The script could not be created",
    making: "Creating the script",
    notPermitted: "Your role cannot create scripts. Ask an operator or an admin.",
    save: "Save and create script",
    none: "The script is created when the configuration is saved.",
    accountsNext: "The device uses the second account for diagnostics.",
    download: "Download",
    thenConfirm:
      "Check that you can still log in. Then paste the second script before the time is up; otherwise the router reverts all changes.",
    releaseRequired: "Enter the RouterOS release on the left. The script then appears here.",
    incomplete: "Complete the configuration on the left. The script then appears here.",
  },
  delivery: {
    copy: "Copy script",
    copied: "Copied. Paste it into a terminal of the router.",
    terminalOld:
      "On RouterOS 6 a long paste takes minutes, and some terminals lose a part of it. The one-line command is safer. Log in as a user with full rights.",
    needsReveal:
      "The script contains a password and a key. To show them, your role needs the permission secrets:reveal. The one-line command works without it: the router downloads its script with new secrets.",
    copyFailed:
      "The browser did not allow the copy. The whole script is shown below: select it and copy it by hand.",
    link: "One-line command",
    linkAnew: "Create a new command",
    linkText:
      "The router checks the certificate of the appliance and then downloads the script. The command works once.",
    left: (span: string) => `Valid once, for another ${span}`,
    expired: "This command has expired. It was not used.",
    used: "This command was used. It works only once.",
    terminal:
      "Paste it into a terminal of the router (Winbox, WebFig or SSH), as a user with full rights.",
    curl: "Download the script to read it first",
    curlHint: "This uses the command up.",
    secret: "The command contains a secret. Keep it like a password until it is used.",
  },
  live: {
    idle: "When the router has run the script, this page shows it.",
    before: (age: string) => `It last ran the script ${age} ago.`,
    waiting: "Waiting for the router",
    waitingHint: (age: string) => `for ${age}`,
    slow: "No report yet. Check whether the router can reach this appliance on the port in the script, and whether its terminal shows an error.",
    reported: (age: string) => `First report received ${age} ago`,
    firstPushReceived: "The first push has arrived.",
    done: "Done",
    failed: "Failed",
    open: "Show its reports",
  },
  removal: {
    confirmPrompt: "Has the router run the script?",
    why: "Then confirm the removal: its keys are revoked, and no more reports are expected.",
    whyWithoutAgent:
      "Then confirm the removal. Until then, missing reports are an incident, because no agent monitors the router.",
    done: "Confirm removal",
    heading: (name: string) => `Is the script removed from ${name}?`,
    text: "Its keys are revoked at once, and its desired configuration is deleted. If the script is still on the router, all its pushes are rejected.",
    textWithoutAgent:
      "No more reports are expected. The status becomes unknown, and missing reports are not an incident.",
    textWithAgent:
      "Its agent still polls it. Check its access: the account that the script created is no longer on the router.",
    removed: (name: string) => `The script of ${name} is removed. No more reports are expected.`,
    nothingExpected: "No reports are expected from this router. It has no valid key.",
  },
  tab: {
    title: "Self-reporting",
    removedTitle: "The script was removed",
    removedText: (age: string) =>
      `No more reports are expected. The last push was received ${age} ago. Create a new script to connect the router again.`,
    rejectedTitle: (age: string) => `Its pushes are rejected, last ${age} ago.`,
    lastRejectedTitle: (age: string) => `The last rejected push was ${age} ago.`,
    rejectedAfterRemoval: "If this continues, the script is still on the router. Remove it there.",
    withoutAgentNote: (every: string) =>
      `No agent monitors this router. No report for ${every} is an incident. To take the router out of service, remove the script and confirm the removal.`,
    emptyTitle: "Self-reporting is not set up",
    emptyText:
      "With a script for its release and profile, pasted once, the router reports its own events within a second, also from behind NAT. You can read the script first, check it later and remove it completely.",
    start: "Create script",
    neverReportedTitle: "The script is created, but no report has arrived",
    neverReportedText: "Paste the script on the router. The first push then appears here.",
    failed: "The reports could not be loaded",
    lastPush: "Last push",
    never: "never",
    from: "from",
    skew: "Router clock",
    skewBad: "Set up its NTP client. The times in its log are wrong.",
    inStep: "in sync",
    ahead: (span: string) => `${span} ahead`,
    behind: (span: string) => `${span} behind`,
    accepted: "Accepted",
    acceptedHint: "New items",
    duplicates: "Duplicates",
    duplicatesShort: "Sent again, counted once",
    lostShort: "Dropped by the router: buffer full",
    rejectedNone: "No items were rejected",
    adopted: "The agent has used the account of the script for",
    adoptedFails: (why: string) =>
      `But the login fails: ${why} If the router sees the agent under another address, enter that address under Addresses and run the new script on the router, or choose another credential.`,
    newKeyHeading: "Install the new key on the router",
    duplicatesHint: "Items that were sent again after they had arrived; each is counted once",
    rejected: "Rejected",
    rejectedHint: "Items that were not valid",
    lost: "Lost",
    lostHint:
      "Dropped by the router because its buffer was full while the appliance was unreachable",
    stale: (every: string) => `A heartbeat is expected every ${every}.`,
    ago: (span: string) => `${span} ago`,
    rejection: (reason: string, message: string): string => {
      const text = rejection[reason]
      return text === undefined ? message || reason : message === "" ? text : `${text} ${message}`
    },
    hello: "Last script run",
    helloOf: (version: string) => `on ${version}`,
    globals,
    globalsTitle: "Global variables",
    keys: "Keys",
    keysHint:
      "They authenticate the pushes of the router. The appliance stores only a hash of the secret.",
    noKeys: "None. The router cannot push.",
    keyState,
    made: "created",
    used: "last used",
    neverUsed: "never used",
    until: (span: string) => `expires in ${span}`,
    oldKey: "More than a year old. Rotate it.",
    rotate: "Rotate",
    rotateHeading: "Rotate the key?",
    rotateText:
      "A new key is created, and the script must be pasted again. The old key stays valid until the new one is first used, for a day at most, so no reports are lost.",
    rotated:
      "A new key was created, and a script that contains it. Copy the script and paste it on the router. It is shown only here, and only until you close this dialog.",
    revoke: "Revoke",
    revokeHeading: (id: string) => `Revoke key ${id}?`,
    revokeText:
      "From now on, all pushes with this key are rejected. The router can report again after you run a new script on it.",
    revoked: "The key was revoked.",
    short: (id: string) => `…${id.slice(-6)}`,
    netwatch: "Netwatch hosts",
    noNetwatch: "None.",
    notReported: "no report yet",
    drift: "Drift",
    check: "Check now",
    checking: "Checking",
    checkHint:
      "Reads the configuration through the agent and lists the differences from the script.",
    checkNeedsAgent: "No agent polls this router, so drift cannot be checked.",
    neverChecked: "Not checked yet.",
    noDrift: "No drift: the configuration matches the script.",
    differences: (n: number) => plural(n, { one: "# difference", other: "# differences" }),
    driftKind: drift,
    expected: "expected",
    found: "found",
    hidden: "contains a secret, not shown",
    nothing: "nothing",
    checked: (age: string) => `checked ${age} ago`,
    again: "Show script",
    accounts: "Accounts",
    harden: "Harden",
    confirmHarden: "Keep hardening",
    remove: "Remove script",
  },
  monitoringMode: {
    label: "Monitoring",
    agent: "By an agent",
    self: "Self-reporting",
    selfText:
      "For a router that no agent can reach, for example behind NAT. Enter a name here and paste one script on the router. The router reports everything else.",
    address: "Address",
    addressHint: "For information only. The appliance does not connect to it.",
    name: "Name",
    next: "Next: script",
    steps: [
      "Name the router. It then appears on the map and in lists.",
      "Choose what it reports, and read the script.",
      "Paste the script once on the router. Its first report appears on this page.",
    ],
    stepsTitle: "Three steps",
    none: "unknown: self-reporting",
  },
  times,
} as const
