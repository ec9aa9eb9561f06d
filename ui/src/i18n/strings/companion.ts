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
    text: "Carries other routers: its ports and its BGP and OSPF neighbours are told.",
  },
  edge: {
    name: "Edge",
    text: "Faces carriers and other networks: its ports and neighbours are told.",
  },
  access: {
    name: "Access",
    text: "Ends customers' sessions: its ports, and PPP sessions that come or go in numbers.",
  },
  cpe: {
    name: "CPE",
    text: "Stands at a customer's, often behind NAT: its ports, and that it is alive.",
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
  overlapping: "Until the new one is used",
  expired: "Expired",
  revoked: "Revoked",
}
const drift: Record<DriftRow["kind"], string> = {
  missing: "Missing",
  changed: "Changed",
  extra: "Left over",
  unreadable: "Could not be read",
}
/** What a push, or an item of one, was refused for. */
const rejection: Record<string, string> = {
  malformed: "An item was not as it should be.",
  "too-old": "An item was older than what is kept.",
  conflict: "An item came twice under one number and said something else.",
  unreadable: "A push could not be read.",
  gone: "It came for a router that is not here any more.",
  "too-large": "A push was larger than it may be.",
  "too-many": "It sent more than it may.",
}
const kind: Record<
  CompanionScript["kind"],
  { readonly title: (name: string) => string; readonly lead: string }
> = {
  onboard: {
    title: (name) => `Connect ${name} by script`,
    lead: "One script, made for this router. Read it, paste it once, and the router itself says what happens to it.",
  },
  harden: {
    title: (name) => `Harden ${name}`,
    lead: "Closes what is not needed. Unless it is confirmed in time, the router undoes all of it by itself: nobody is locked out for good.",
  },
  "confirm-harden": {
    title: (name) => `Keep the hardening of ${name}`,
    lead: "Stops the timer that would undo it. Paste it once you have seen that you can still log in.",
  },
  remove: {
    title: (name) => `Take the script out of ${name}`,
    lead: "Takes out what carries our tag and nothing else, and brings back what was changed. Afterwards the router is as it was before.",
  },
}
/** What the script's own test found: whether scripts that the router's scheduler starts see global variables. */
const globals: Record<
  NonNullable<NonNullable<Companion["hello"]>["globals"]>,
  { readonly is: string; readonly text: string }
> = {
  seen: { is: "Scheduled scripts see global variables", text: "Nothing to do." },
  "not-seen": {
    is: "Scheduled scripts cannot see global variables",
    text: "Reporting works without them. A change within the seconds in which the watcher restarts is not reported. Nothing to do; other scripts of yours on this router may need the policy “policy”.",
  },
  untested: {
    is: "No scheduled script ran during the test",
    text: "If nothing more is reported, check that the scheduler is allowed (/system device-mode) and that ispvm-start is enabled in /system scheduler. Then run the script again.",
  },
}
/** The parts of the scripts by their ids, for where only the id is at hand. */
const part: Record<string, string> = {
  "api-account": "API account",
  "api-plain": "Plain API, off if only the agents used it",
  "api-tls": "API over TLS",
  authority: "The appliance's certificate",
  clock: "Clock",
  "device-mode": "Device mode",
  firewall: "Firewall",
  harden: "Hardening",
  "harden-discovery": "Neighbour discovery",
  "harden-services": "Services switched off",
  "harden-timer": "Timer that undoes the hardening",
  preamble: "Preparation",
  push: "Push",
  "push-heartbeat": "Heartbeat",
  "push-netwatch": "Things it watches",
  "push-self-test": "Test of what scheduled scripts see",
  "push-start": "Start of the watcher",
  "push-watch": "Watcher of ports and neighbours",
  report: "Report",
  snmp: "SNMP",
  syslog: "Syslog",
  unwished: "What is not wished any more, taken out",
  "undo-record": "Record of what was before",
}
const times = (n: number): string => plural(n, { one: "once", other: "# times" })

/** Routers that report themselves. */
export const companion = {
  title: "Connect by script",
  kind,
  profile,
  part: (id: string): string => part[id] ?? id,
  choices: {
    title: "What it is wanted to do",
    profile: "Duty",
    release: "RouterOS release",
    releaseHint: {
      router: "As the router told it.",
      desired: "As chosen before.",
      none: "Type what /system resource print shows: 7.18.2",
    },
    reports: "What it reports, and how it may be asked",
    push: "Push",
    pushText: "Posts what happens within a second, from behind NAT too.",
    heartbeat: "Heartbeat",
    heartbeatAuto: (hasAgent: boolean) =>
      hasAgent ? "Off: an agent reads it" : "Every 60 s: no agent",
    heartbeatOff: "Off",
    heartbeatEvery: (s: number) =>
      s % 60 === 0 && s > 60 ? `Every ${s / 60} min` : `Every ${s} s`,
    syslog: "Syslog",
    syslogText: "Sends the topics that matter to the agent.",
    api: "API account",
    apiText: "A user that may only read, over TLS, for the agents' addresses.",
    snmp: "SNMP",
    snmpChoices: snmp,
    snmpWarning:
      "The community of v2c crosses the network readable for anyone on the way. Choose v3 unless something old needs it.",
    addresses: "Addresses",
    host: "This appliance, as the router reaches it",
    hostLoopback:
      "This is the appliance's own machine alone: type the name or address by which the router reaches it.",
    agents: "The agents, as the router sees them",
    agentsHint: "They alone may log in and ask. Addresses or prefixes, with commas.",
    agentsNone: "None: nobody is let in, the router only reports.",
    suggested: (text: string) => `Empty: ${text}`,
    harden: "Prepare hardening",
    hardenText:
      "A second script that closes what is not needed, and undoes itself unless it is confirmed.",
    services: "Services to switch off",
    servicesWarning: "The way you log in by is among them: keep another one open.",
    discovery: "Neighbour discovery only on the interface list",
    discoveryHint: "Empty: left as it is.",
    undo: "Undo by itself after, min",
  },
  netwatch: {
    title: "Things it watches",
    empty:
      "None. The router can watch a carrier's gateway, a DNS server or a web page from where it stands.",
    add: "Add a thing to watch",
    name: "Name",
    nameHint: "Comes back in every report",
    host: "Host",
    type: "How",
    types: netwatchType,
    interval: "Every, s",
    port: "Port",
    loss: "Down above loss, %",
    rtt: "Down above round trip, ms",
    measures: "Post every measurement",
    remove: (name: string) => (name === "" ? "Remove this row" : `Remove ${name}`),
    every: (s: string) => `every ${s} s`,
    unnamed: "New",
    done: "Done",
  },
  errors: {
    noRelease: "Nobody has told the release yet: type it.",
  },
  script: {
    title: "The script",
    for: (release: string) => `for ${release}`,
    lines: (n: number) => plural(n, { one: "# line", other: "# lines" }),
    parts: (n: number) => plural(n, { one: "# part", other: "# parts" }),
    range: (from: number, to: number) => (from === to ? `line ${from}` : `lines ${from}–${to}`),
    show: "Show secrets",
    hide: "Hide secrets",
    shown: "Passwords and the router's key are shown. Who reads them can speak for this router.",
    expand: "Open all",
    collapse: "Close all",
    moreRemarks: (n: number) => `${n} more remarks`,
    unproven:
      "Not proven on a real router: of this release the commands are known from papers only. Read it twice, and try it on one router first.",
    fixFirst: "The choices are not complete: below is the script as it was before.",
    failed: "The script could not be made",
    making: "Making the script",
    notPermitted: "Your role may look, but not make scripts: an operator or an admin can.",
    save: "Save and make the script",
    none: "The script is made once its choices are saved.",
    thenConfirm:
      "Can you still log in? Then paste the second script before the time is up, or all of it is undone.",
    releaseRequired:
      "Which release does the router run? Type it on the left, and its script stands here.",
    incomplete: "The script stands here once the choices on the left are complete.",
  },
  delivery: {
    copy: "Copy the whole script",
    copied: "Copied: paste it into a terminal of the router",
    terminalOld:
      "RouterOS 6 takes minutes over a long paste, and some terminals lose part of it: the one line is safer. As a user with full rights.",
    needsReveal:
      "The script holds a password and a key, and showing them takes the permission secrets:reveal. The router fetches it by the line, with secrets made for it alone.",
    copyFailed:
      "The browser did not let us copy. The script is shown in full: select and copy it by hand.",
    link: "One line to paste",
    linkAnew: "Make a new line",
    linkText:
      "The router fetches the script by itself, once, and makes sure before whom it speaks to.",
    left: (span: string) => `Good once, for ${span} more`,
    expired: "This line has run out unused. Nothing was fetched by it.",
    used: "This line was used. It works only once.",
    terminal:
      "Paste it into a terminal of the router: Winbox, WebFig or SSH, as a user with full rights.",
    curl: "To read first what it would fetch",
    curlHint: "Whoever fetches it uses it up.",
    secret: "The line carries a secret: treat it as a password until it is used.",
  },
  live: {
    idle: "Once the router has run the script, it says so here by itself.",
    before: (age: string) => `It last ran the script ${age} ago.`,
    waiting: "Waiting for the router",
    waitingHint: (age: string) => `taken ${age} ago`,
    slow: "Nothing yet. Can the router reach this appliance on the port in the script, and did its terminal print an error?",
    reported: (age: string) => `Reported in ${age} ago`,
    firstPushReceived: "It is talking: its first push has arrived.",
    done: "Done",
    failed: "Could not",
    allDone: "All that was asked for is done.",
    open: "See what it reports",
  },
  removal: {
    confirmPrompt: "Has the router run it?",
    why: "Then say so: its keys are revoked, and nothing more is expected of it.",
    whyWithoutAgent:
      "Then say so: until you do, its silence is an incident, because no agent looks at it.",
    done: "It has been taken out",
    heading: (name: string) => `Is the script gone from ${name}?`,
    text: "Its keys are revoked at once, and what was chosen for it is forgotten. Should the script still be there, everything it sends is refused.",
    textWithoutAgent:
      "No report is expected of it any more: it becomes unknown, and its silence is no incident.",
    textWithAgent:
      "Its agent goes on reading it. Look at its access: the account that the script made is gone from the router.",
    removed: (name: string) => `Nothing is expected of ${name} by script any more.`,
    nothingExpected:
      "Nothing is expected of this router by script: no key of its holds, and no report is due.",
  },
  tab: {
    title: "Reports itself",
    removedTitle: "Its script was taken out",
    removedText: (age: string) =>
      `Nothing is expected of it any more; its last push came ${age} ago. A new script connects it again.`,
    rejectedTitle: (age: string) => `It sends, and is refused: last ${age} ago.`,
    lastRejectedTitle: (age: string) => `It was last refused ${age} ago.`,
    rejectedAfterRemoval:
      "If it goes on, its script is still on the router: take it out there too.",
    withoutAgentNote: (every: string) =>
      `No agent looks at this router: its silence for ${every} is an incident. To take it out of service, take the script out and say there that it is gone; until then its silence counts.`,
    emptyTitle: "This router does not report by itself yet",
    emptyText:
      "One script, made for its release and duties and pasted once, makes it say what happens to it within a second, even from behind NAT. It can be read line by line before, checked later, and taken out without a trace.",
    start: "Make its script",
    neverReportedTitle: "Its script is made, but it has not reported in",
    neverReportedText: "Paste the script on the router; the first push shows here by itself.",
    failed: "What it reports could not be loaded",
    lastPush: "Last push",
    never: "never",
    from: "from",
    skew: "Its clock",
    skewBad: "Set its NTP client: times in its log do not match ours.",
    inStep: "in step",
    ahead: (span: string) => `${span} ahead`,
    behind: (span: string) => `${span} behind`,
    accepted: "Taken",
    acceptedHint: "Items that were new",
    duplicates: "Told again",
    duplicatesShort: "Sent twice, counted once",
    lostShort: "Dropped by the router for want of room",
    rejectedNone: "Everything could be taken",
    adopted: "The agent has used the script's own account for",
    adoptedFails: (why: string) =>
      `But its login fails: ${why} If the router sees the agent under another address, type that under Addresses and give the router its script again; or choose another credential.`,
    newKeyHeading: "Give the router its new key",
    duplicatesHint: "Items that had arrived before and were sent once more: none is counted twice",
    rejected: "Refused",
    rejectedHint: "Items that could not be taken",
    lost: "Lost",
    lostHint: "Dropped by the router itself, for want of room while it could not reach us",
    stale: (every: string) => `A heartbeat is due every ${every}.`,
    ago: (span: string) => `${span} ago`,
    rejection: (reason: string, message: string): string => {
      const text = rejection[reason]
      return text === undefined ? message || reason : message === "" ? text : `${text} ${message}`
    },
    hello: "Reported in",
    helloOf: (version: string) => `on ${version}`,
    globals,
    globalsTitle: "Global variables",
    keys: "Keys",
    keysHint: "What it posts with. Of the secret only a hash is kept here.",
    noKeys: "None: it cannot post.",
    keyState,
    made: "made",
    used: "last used",
    neverUsed: "never used",
    until: (span: string) => `ends in ${span}`,
    oldKey: "More than a year old: rotate it.",
    rotate: "Rotate",
    rotateHeading: "Rotate the key?",
    rotateText:
      "A new key is made, and the script with it must be pasted again. The old key stays good until the new one is first used, for a day at most: nothing is lost in between.",
    rotated:
      "A new key was made, and a script that holds it. Copy the script and paste it on the router as before: it is shown nowhere else, and closing this forgets it.",
    revoke: "Revoke",
    revokeHeading: (id: string) => `Revoke key ${id}?`,
    revokeText:
      "From this moment nothing that comes with it is taken. The router stays silent until it is given a new script.",
    revoked: "The key was revoked.",
    short: (id: string) => `…${id.slice(-6)}`,
    netwatch: "Things it watches",
    noNetwatch: "None.",
    notReported: "not heard of yet",
    drift: "Compared with the script",
    check: "Check now",
    checking: "Reading",
    checkHint:
      "Reads back through the agent what the router has, and lists what differs from what the script made.",
    checkNeedsAgent: "No agent reads this router, so nothing can be compared.",
    neverChecked: "Never compared yet.",
    noDrift: "As the script made it.",
    differences: (n: number) => plural(n, { one: "# difference", other: "# differences" }),
    driftKind: drift,
    expected: "wanted",
    found: "found",
    hidden: "it holds a secret, not shown",
    nothing: "nothing",
    checked: (age: string) => `compared ${age} ago`,
    again: "Script again",
    harden: "Harden",
    confirmHarden: "Keep hardening",
    remove: "Take it out",
  },
  monitoringMode: {
    label: "How it is watched",
    agent: "An agent reads it",
    self: "The router reports by itself",
    selfText:
      "For a router that no agent reaches, such as one behind NAT: it needs a name here, then one script is pasted on it, and it tells the rest itself.",
    address: "Address",
    addressHint: "For people only: nobody has to reach it.",
    name: "Name",
    next: "Next: its script",
    steps: [
      "Name it here, so that it has a place on map and lists.",
      "Choose what it shall report, and read the script line by line.",
      "Paste it once on the router. It reports in before your eyes, and from then on says what happens to it.",
    ],
    stepsTitle: "Three steps",
    none: "unknown: it reports by itself",
  },
  times,
} as const
