/** An Alertmanager process, the sender of its alerts, and a webhook for its pages. */
import { rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { join } from "node:path"
import { z } from "zod"
import { environment } from "../../config.ts"
import { freePort } from "../../demo/ports.ts"
import { Child } from "../../simulator/child.ts"
import { DOWN, UP } from "../world.ts"
import {
  type AlertingSystem,
  asAccount,
  type ProbeRound,
  waitUntilReady,
} from "./alerting-system.ts"
import { alertmanagerConfig, hostLabels, type Labels, portLabels } from "./alertmanager-config.ts"
import { hostsOf, type NetworkInventory } from "./inventory.ts"
import { type Post, pagesOfPosts } from "./page.ts"
import { type Account, programFolder } from "./programs.ts"
import { MISSING } from "./timeline.ts"
import type { Timing } from "./timing.ts"

const PostBody = z.object({
  alerts: z.array(
    z.object({
      status: z.enum(["firing", "resolved"]),
      fingerprint: z.string(),
      labels: z.object({ network: z.string(), instance: z.string(), link: z.string().optional() }),
    }),
  ),
})

const listenForPosts = async (
  posts: Post[],
): Promise<{ readonly server: Server; readonly url: string }> => {
  const server = createServer((request, response) => {
    let text = ""
    request.on("data", (chunk: Buffer) => {
      text += chunk
    })
    request.on("end", () => {
      posts.push({ ...PostBody.parse(JSON.parse(text)), atMs: Date.now() })
      response.end()
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  return { server, url: `http://127.0.0.1:${port}/` }
}

type Rule = {
  readonly labels: Labels
  last: number
  down: number
  up: number
  firingSinceMs: number | null
}
/**
 * A rule fires after `attempts` rounds down in a row, and is resolved after as many not down. A
 * missing observation repeats the last reading. A port that is no longer reported is not down.
 */
const step = (
  rule: Rule,
  reading: number | undefined,
  attempts: number,
  nowMs: number,
): "firing" | "resolved" | "inactive" => {
  if (reading !== undefined && reading !== MISSING) rule.last = reading
  if (rule.last === DOWN) [rule.down, rule.up] = [rule.down + 1, 0]
  else [rule.down, rule.up] = [0, rule.up + 1]
  if (rule.firingSinceMs === null) {
    if (rule.down < attempts) return "inactive"
    rule.firingSinceMs = nowMs
  } else if (rule.up >= attempts) return "resolved"
  return "firing"
}

/** Prometheus sends alerts again at each evaluation; without that they expire. */
const EXPIRY_MS = 60_000
const READY_MS = 30_000

const rulesOf = (inventory: NetworkInventory): Rule[] => {
  const hostOf = new Map(hostsOf(inventory).map((host) => [host.name, host]))
  return inventory.targets.map((target): Rule => {
    const reporter = target.is === "port" ? hostOf.get(target.port.host) : target.host
    if (reporter === undefined) throw new Error(`${inventory.name}: a port without a host`)
    const labels =
      target.is === "port"
        ? portLabels(inventory.name, target.port, reporter)
        : hostLabels(inventory.name, reporter)
    return { labels, last: UP, down: 0, up: 0, firingSinceMs: null }
  })
}

/** Evaluates the rules in each round and sends the alerts, as Prometheus does. */
const createSender = (
  address: string,
  inventories: readonly NetworkInventory[],
  timing: Timing,
): Pick<AlertingSystem, "report" | "isRecovered" | "lateMs"> => {
  const rules = new Map(inventories.map((inventory) => [inventory, rulesOf(inventory)]))
  let lastSentMs = Date.now()
  let lateMs = 0
  const alertOf = (rule: Rule, reading: number | undefined, nowMs: number) => {
    const { firingSinceMs } = rule
    const outcome = step(rule, reading, timing.attempts, nowMs)
    if (outcome === "inactive") return []
    if (outcome === "resolved") rule.firingSinceMs = null
    const endsAt = new Date(outcome === "resolved" ? nowMs : nowMs + EXPIRY_MS)
    return [{ labels: rule.labels, startsAt: new Date(firingSinceMs ?? nowMs), endsAt }]
  }
  const report = async (round: ProbeRound): Promise<void> => {
    const nowMs = Date.now()
    const alerts = [...round].flatMap(([inventory, readings]) =>
      (rules.get(inventory) ?? []).flatMap((rule, place) => alertOf(rule, readings[place], nowMs)),
    )
    if (alerts.length === 0) return
    lastSentMs = nowMs
    const answer = await fetch(`http://${address}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    })
    lateMs = Math.max(lateMs, Date.now() - nowMs)
    if (!answer.ok)
      throw new Error(`Alertmanager rejected alerts with ${answer.status}: ${await answer.text()}`)
  }
  /** A group that has just been flushed reports resolved alerts at its next flush. */
  const isRecovered = (): Promise<boolean> =>
    Promise.resolve(Date.now() - lastSentMs > (timing.checkEvery + 2) * timing.probeIntervalMs)
  return { report, isRecovered, lateMs: () => lateMs }
}

export const startAlertmanager = async (
  program: string,
  inventories: readonly NetworkInventory[],
  account: Account,
  timing: Timing,
): Promise<AlertingSystem> => {
  const folder = programFolder("alertmanager", account)
  const posts: Post[] = []
  const { server, url } = await listenForPosts(posts)
  const config = join(folder, "alertmanager.yml")
  writeFileSync(config, alertmanagerConfig(inventories, url, timing))
  const address = `127.0.0.1:${await freePort()}`
  const child = new Child({
    name: "alertmanager",
    command: asAccount(account, [
      program,
      `--config.file=${config}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--cluster.listen-address=",
      "--log.level=warn",
    ]),
    env: environment(),
    logFile: join(folder, "output"),
  })
  const isReady = (): Promise<boolean> =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  return {
    name: "Alertmanager",
    folder,
    untilReady: () => waitUntilReady(child, isReady, READY_MS),
    ...createSender(address, inventories, timing),
    drainPages: () => pagesOfPosts(posts.splice(0)),
    stop: async () => {
      await child.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
