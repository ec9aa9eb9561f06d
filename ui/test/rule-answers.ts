/** The API's answers about alert rules; it stores changes. */
import type {
  AlertRule,
  AlertRuleDetail,
  DryRun,
  RuleCheck,
  RuleVersion,
  RuleVocabulary,
} from "@ispvm/appliance/api/alert-rule-answers"
import { uuid } from "./make.ts"
import type { Answer } from "./server.ts"

export const CPU_YAML = `id: cpu-high
name: { en: CPU load is high, tr: İşlemci yükü yüksek }
when: { metric: device.cpu_pct }
recover: 2m
levels:
  - { severity: major, above: 98, clear: 90, for: 5m }
  - { severity: minor, above: 90, clear: 80, for: 10m }
`
export const VOCABULARY: RuleVocabulary = {
  metrics: [
    {
      ...{ metric: "device.cpu_pct", entity: "device", unit: "%", states: [] },
      description: "processor load, all cores",
    },
    {
      ...{ metric: "device.memory_pct", entity: "device", unit: "%", states: [] },
      description: "main memory in use",
    },
    {
      ...{ metric: "interface.up", entity: "interface", unit: "bool", states: [] },
      description: "has a link",
    },
    {
      ...{ metric: "bgp.state", entity: "peer", unit: "state", states: ["established", "idle"] },
      description: "state of the session",
    },
  ],
  events: ["login-failed", "rebooted"],
  roles: ["core", "tower"],
  tags: ["tower", "winter road"],
  sites: ["Berlin"],
  regions: ["North"],
  devices: ["core-1", "core-2"],
  interfaceTypes: ["ether", "vlan"],
  agents: ["hq"],
}
const make = (id: string, en: string, tr: string, more: Partial<AlertRule> = {}): AlertRule => ({
  ...{ id, name: { id, en, tr }, severity: "minor", evaluator: null, source: "pack" },
  ...{ isPackNewer: false, inactive: null, entity: "device", entities: 24, pending: 0, raised: 0 },
  ...{ version: null, changedAtMs: null, changedBy: null, runbook: null, ...more },
})
export type RuleWorld = {
  readonly rules: AlertRule[]
  yaml: string
  readonly versions: RuleVersion[]
  readonly saved: unknown[]
  needsConfirmation: boolean
}
export const makeRules = (): RuleWorld => ({
  yaml: CPU_YAML,
  saved: [],
  versions: [],
  needsConfirmation: false,
  rules: [
    make("cpu-high", "CPU load is high", "İşlemci yükü yüksek", {
      raised: 2,
      pending: 1,
      severity: "major",
      runbook: "https://wiki.example/cpu",
    }),
    make("packet-loss", "Packet loss", "Paket kaybı", {
      ...{ source: "changed", isPackNewer: true, version: 3, changedBy: "Ayşe Demir" },
      ...{ changedAtMs: Date.now() - 86_400_000, severity: "major" },
    }),
    make("device-unreachable", "Device does not answer", "Cihaz yanıt vermiyor", {
      ...{ evaluator: "device-unreachable", severity: "critical", entities: 0 },
    }),
    make("bgp-not-established", "BGP session is not established", "BGP oturumu kurulu değil", {
      ...{ severity: "major", entities: 0 },
      inactive: { code: "rule.inactive.not-collected", params: { metrics: ["bgp.state"] } },
    }),
    make("tower-disk", "Disk of tower routers", "Kule yönlendiricilerinin diski", {
      ...{ source: "own", severity: "warning", entities: 7, version: 1, changedBy: "Mehmet Kaya" },
      changedAtMs: Date.now() - 3_600_000,
    }),
  ],
})

const detail = ({ rules, yaml }: RuleWorld, id: string): AlertRuleDetail | undefined => {
  const rule = rules.find((one) => one.id === id)
  if (rule === undefined) return undefined
  const isOfPack = rule.source !== "own"
  return {
    ...rule,
    yaml: id === "cpu-high" ? yaml : CPU_YAML.replace("cpu-high", id),
    packYaml: isOfPack ? CPU_YAML.replace("cpu-high", id) : null,
    baseYaml: null,
  }
}

/** One problem where the text has a metric that does not exist. */
const check = ({ needsConfirmation }: RuleWorld, yaml: string): RuleCheck => {
  const line = yaml.split("\n").findIndex((one) => one.includes("cpu_pcx")) + 1
  if (line === 0)
    return {
      problems: [],
      rules: [
        {
          ...{
            id: "cpu-high",
            entity: "device",
            matches: needsConfirmation ? 61_000 : 24,
            needsConfirmation,
          },
          ...{ isNew: false, isChanged: true, inactive: null },
        },
      ],
    }
  const params = { metric: "device.cpu_pcx", choices: ["device.cpu_pct", "device.memory_pct"] }
  return {
    problems: [
      {
        ...{ line, column: 17, path: "when.metric", rule: "cpu-high", text: "not a metric" },
        message: { code: "rule.metric-unknown", params },
      },
    ],
    rules: [],
  }
}

const dryRun = (): DryRun => {
  const toMs = Date.now()
  const fromMs = toMs - 86_400_000
  const alert = (n: number, from: number, until: number | null, severity: "major" | "minor") => ({
    ...{ deviceId: uuid(n), deviceName: `core-${n}`, subject: null, severity, value: 93.4 },
    fromMs: fromMs + from * 3_600_000,
    untilMs: until === null ? null : fromMs + until * 3_600_000,
  })
  return {
    ...{ problems: [], fromMs, toMs, bucketMs: 60_000, inactive: null, unit: "%" },
    ...{ devices: 24, ofDevices: 24 },
    candidate: {
      raised: 4,
      entities: 2,
      alerts: [
        alert(1, 2, 3, "minor"),
        alert(1, 9, 12, "major"),
        alert(2, 9.5, 11, "minor"),
        alert(2, 22, null, "minor"),
      ],
    },
    current: { raised: 1, entities: 1, alerts: [alert(1, 9.2, 11, "major")] },
  }
}

export const answerRules = (
  world: RuleWorld,
  method: string,
  path: string,
  body: unknown,
): Answer | null => {
  const [, kind, id, part] = path.split("/")
  if (kind !== "alert-rules") return null
  const yaml = String(Reflect.get(Object(body), "yaml") ?? "")
  if (method === "GET" && id === undefined)
    return { status: 200, body: { items: world.rules, next: null } }
  if (method === "GET" && id === "vocabulary") return { status: 200, body: VOCABULARY }
  if (method === "GET" && id === "export") return { status: 200, body: { yaml: "rules: []\n" } }
  if (method === "POST" && id === "check") return { status: 200, body: check(world, yaml) }
  if (method === "POST" && id === "dry-run") return { status: 200, body: dryRun() }
  if (method === "GET" && part === "versions")
    return { status: 200, body: { items: world.versions, next: null } }
  if (method === "GET") {
    const found = detail(world, id ?? "")
    return found === undefined ? null : { status: 200, body: found }
  }
  if (method !== "POST") return null
  world.saved.push(body)
  if (part === "revert") {
    const { version } = body as { version: number | null }
    world.yaml = world.versions.find((one) => one.version === version)?.yaml ?? CPU_YAML
    return { status: 200, body: detail(world, id ?? "") }
  }
  if (world.needsConfirmation && Reflect.get(Object(body), "confirm") !== true) {
    const message = {
      code: "problem.rule-matches",
      params: { rule: "cpu-high", count: 61_000 },
    }
    return {
      status: 409,
      body: {
        ...{ type: "about:blank", title: "Conflict", status: 409, code: "confirmation-needed" },
        ...{ detail: "cpu-high matches 61000 things.", message },
      },
    }
  }
  world.yaml = yaml
  world.versions.unshift({
    ...{ version: world.versions.length + 1, atMs: Date.now(), author: "Ayşe Demir", yaml },
    reason: String(Reflect.get(Object(body), "reason") ?? ""),
  })
  return { status: 200, body: { changed: ["cpu-high"], removed: [] } }
}
