/** Sample self-reporting routers: configuration and reports, in every state of the UI. */
import type {
  Companion,
  CompanionInput,
  CompanionScript,
  ScriptPart,
  Verification,
} from "@ispvm/appliance/api/companion"
import { uuid } from "./make.ts"

export const DESIRED_CONFIG: CompanionInput = {
  release: "7.18.2",
  profile: "edge",
  api: true,
  snmp: "v3",
  syslog: true,
  push: true,
  heartbeatS: null,
  maxPerMinute: 20,
  netwatch: [
    {
      name: "Carrier gateway",
      host: "203.0.113.1",
      type: "icmp",
      intervalS: 10,
      port: null,
      lossPercent: 40,
      rttMs: 80,
      measures: false,
    },
    {
      name: "Customer portal",
      host: "portal.example.net",
      type: "https-get",
      intervalS: 30,
      port: 8_443,
      lossPercent: null,
      rttMs: null,
      measures: true,
    },
  ],
  agentAddresses: [],
  applianceHost: null,
  harden: null,
}

export const makeCompanion = (changes: Partial<Companion> = {}): Companion => ({
  deviceId: uuid(3),
  desired: null,
  release: null,
  releaseFrom: "none",
  suggested: { agentAddresses: ["10.20.0.5"], applianceHost: "noc.example.net" },
  adoptedAtMs: null,
  keys: [],
  lastPushAtMs: null,
  lastPushFrom: null,
  clockSkewMs: null,
  pushes: { accepted: 0, duplicates: 0, rejected: 0, lost: 0 },
  lastRejection: null,
  hello: null,
  netwatch: [],
  verification: null,
  ...changes,
})

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** A router without problems, at `nowMs`. */
export const reporting = (nowMs: number, changes: Partial<Companion> = {}): Companion =>
  makeCompanion({
    desired: DESIRED_CONFIG,
    release: "7.18.2",
    releaseFrom: "desired",
    keys: [
      {
        id: "kQ3vB7yZr0aT5mLx",
        state: "active",
        createdAtMs: nowMs - 9 * DAY,
        expiresAtMs: null,
        lastUsedAtMs: nowMs - 4_000,
      },
      {
        id: "a8Wn2JcUe4Hd6PsF",
        state: "revoked",
        createdAtMs: nowMs - 90 * DAY,
        expiresAtMs: null,
        lastUsedAtMs: nowMs - 10 * DAY,
      },
    ],
    lastPushAtMs: nowMs - 4_000,
    adoptedAtMs: nowMs - 9 * DAY,
    lastPushFrom: "198.51.100.23",
    clockSkewMs: 320,
    pushes: { accepted: 12_873, duplicates: 41, rejected: 0, lost: 0 },
    hello: {
      atMs: nowMs - 9 * DAY,
      version: "7.18.2 (stable)",
      done: ["api-account", "api-tls", "snmp", "firewall", "syslog", "push", "push-netwatch"],
      failed: [],
      globals: "seen",
    },
    netwatch: [
      { name: "Carrier gateway", host: "203.0.113.1", state: "up", sinceMs: nowMs - 6 * DAY },
      {
        name: "Customer portal",
        host: "portal.example.net",
        state: "up",
        sinceMs: nowMs - 2 * DAY,
      },
    ],
    verification: { atMs: nowMs - 3 * 60 * MINUTE, ok: true, problem: null, drift: [] },
    ...changes,
  })

export const DRIFT: Verification["drift"] = [
  {
    part: "api-tls",
    kind: "changed",
    what: "/ip/service api-ssl",
    wanted: "disabled=no",
    found: "disabled=yes",
  },
  {
    part: "firewall",
    kind: "missing",
    what: "/ip/firewall/filter ispvm: agents",
    wanted: "action=accept dst-port=8729",
    found: null,
  },
  {
    part: "firewall",
    kind: "extra",
    what: "/ip/firewall/filter ispvm: old",
    wanted: null,
    found: "action=accept dst-port=161",
  },
  {
    part: "snmp",
    kind: "changed",
    what: "/snmp/community ispvm authentication-password",
    wanted: null,
    found: null,
  },
  { part: "syslog", kind: "unreadable", what: "/system/logging", wanted: null, found: null },
]
/** A router with many problems at once. */
export const withProblems = (nowMs: number): Companion =>
  reporting(nowMs, {
    lastPushAtMs: nowMs - 14 * MINUTE,
    clockSkewMs: -93_000,
    pushes: { accepted: 12_873, duplicates: 41, rejected: 17, lost: 230 },
    lastRejection: {
      atMs: nowMs - 20 * MINUTE,
      reason: "malformed",
      message: "items[2].name: longer than 512 characters",
    },
    keys: [
      {
        id: "Zk2mT9qLw7Rb4XcV",
        state: "active",
        createdAtMs: nowMs - 2 * MINUTE,
        expiresAtMs: null,
        lastUsedAtMs: null,
      },
      {
        id: "kQ3vB7yZr0aT5mLx",
        state: "overlapping",
        createdAtMs: nowMs - 400 * DAY,
        expiresAtMs: nowMs + 23 * 60 * MINUTE,
        lastUsedAtMs: nowMs - 14 * MINUTE,
      },
    ],
    hello: {
      atMs: nowMs - 9 * DAY,
      version: "7.18.2 (stable)",
      done: ["api-account", "api-tls", "firewall", "push"],
      failed: ["syslog: /system/logging is full", "push-netwatch: device-mode forbids fetch"],
      globals: "not-seen",
    },
    netwatch: [
      { name: "Carrier gateway", host: "203.0.113.1", state: "down", sinceMs: nowMs - 25 * MINUTE },
      {
        name: "Customer portal",
        host: "portal.example.net",
        state: "up",
        sinceMs: nowMs - 2 * DAY,
      },
    ],
    verification: { atMs: nowMs - 3 * MINUTE, ok: false, problem: null, drift: DRIFT },
  })

const PARTS: readonly Omit<ScriptPart, "firstLine">[] = [
  {
    id: "preamble",
    title: "Before anything is changed",
    why: "Looks whether this router may run what follows: release, device mode, and who is logged in. It changes nothing.",
    text: `# ISP Visual Monitor: van-core-1 reports itself. Release 7.18.2, duty edge.
:global ispvmDone [:toarray ""]
:global ispvmFailed [:toarray ""]
:if ([/system/device-mode/get fetch] = false) do={
  :error "device-mode forbids fetch: /system/device-mode/update fetch=yes scheduler=yes"
}
`,
  },
  {
    id: "authority",
    title: "The appliance's certificate",
    why: "So that the router can tell the appliance from anybody else. It is compared by its fingerprint before it is trusted.",
    text: `:local pem "-----BEGIN CERTIFICATE-----\\nMIIBtzCCAVygAwIBAgIUOqv0\\n-----END CERTIFICATE-----\\n"
/certificate/add name=ispvm-root trusted=yes
`,
  },
  {
    id: "api-account",
    title: "An account that may only read",
    why: "The agent logs in with it. Its group holds api and read and nothing else, and it is bound to the agent's address.",
    text: `:if ([:len [/user/group/find where name="ispvm"]] = 0) do={
  /user/group/add name=ispvm policy=api,read,test comment="ispvm"
}
/user/add name=ispvm group=ispvm password="xxxxxxxxxxxxxxxxxxxxxxxx" address=10.20.0.5/32 comment="ispvm"
`,
  },
  {
    id: "snmp",
    title: "SNMPv3, encrypted",
    why: "Ports and sensors are read by it where the API is not. SHA1 and AES, the best that every release has.",
    text: `/snmp/community/add name=ispvm security=private authentication-protocol=SHA1 \\
  authentication-password="xxxxxxxxxxxxxxxxxxxxxxxx" encryption-protocol=AES encryption-password="xxxxxxxxxxxxxxxxxxxxxxxx" comment="ispvm"
/snmp/set enabled=yes
`,
  },
  {
    id: "firewall",
    title: "Let the agent in",
    why: "Two accepting rules ahead of the first drop, for the agent's address alone. Both carry our tag.",
    text: `/ip/firewall/filter/add chain=input action=accept protocol=tcp dst-port=8729 src-address=10.20.0.5 \\
  place-before=[find where chain=input and action=drop] comment="ispvm: agents, API over TLS"
`,
  },
  {
    id: "push",
    title: "Push script",
    why: "A resident script that compares the ports with a moment ago and posts what changed, at most 20 times a minute.",
    text: `/system/script/add name=ispvm-push policy=read,write,test source={
  :global ispvmQueue
  :local key "ispvmr1.xxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
  :if ([:len $ispvmQueue] > 0) do={
    /tool/fetch url="https://10.20.0.2:8445/push/v1" http-method=post check-certificate=yes output=none
  }
}
/system/scheduler/add name=ispvm-watch interval=10s on-event="/system/script/run ispvm-push" comment="ispvm"
`,
  },
]

export const makeScript = (changes: Partial<CompanionScript> = {}): CompanionScript => {
  let firstLine = 1
  const parts = PARTS.map((part) => {
    const placed = { ...part, firstLine }
    firstLine += part.text.split("\n").length - 1
    return placed
  })
  return {
    kind: "onboard",
    release: "7.18.2",
    isProven: true,
    text: parts.map((part) => part.text).join(""),
    parts,
    remarks: [],
    ...changes,
  }
}
export const SECRET = "s3cret-and-only-once"
/** The same script as copied, with secrets. */
export const withSecrets = (script: CompanionScript): CompanionScript => {
  const shown = (text: string): string =>
    text.replaceAll(/(?:ispvmr1\.)?x{6,}(?:\.x{6,})*/g, SECRET)
  return {
    ...script,
    text: shown(script.text),
    parts: script.parts.map((part) => ({ ...part, text: shown(part.text) })),
  }
}
