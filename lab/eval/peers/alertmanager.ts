/** An Alertmanager of our own, with the part of Prometheus that speaks to it, and a webhook that keeps what it pages. */
import { rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { join } from "node:path"
import { z } from "zod"
import { Child } from "../../child.ts"
import { freePort } from "../../demo/ports.ts"
import { DOWN, UP } from "../world.ts"
import { alertmanagerConfig, hostLabels, type Labels, portLabels } from "./alertmanager-config.ts"
import type { Pace } from "./pace.ts"
import { type Post, pagesOfPosts } from "./page.ts"
import { asAccount, cameUp, type Looks, type Peer } from "./peer.ts"
import { MISSING } from "./play.ts"
import { type Account, peerFolder } from "./programs.ts"
import { hostsOf, type Scene } from "./scene.ts"

const PostBody = z.object({
  alerts: z.array(
    z.object({
      status: z.enum(["firing", "resolved"]),
      fingerprint: z.string(),
      labels: z.object({ network: z.string(), instance: z.string(), link: z.string().optional() }),
    }),
  ),
})

const listenForPosts = async (posts: Post[]): Promise<{ readonly server: Server; readonly url: string }> => {
  const server = createServer((request, response) => {
    let text = ""
    request.on("data", (chunk: Buffer) => {
      text += chunk
    })
    request.on("end", () => {
      posts.push(PostBody.parse(JSON.parse(text)))
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

type Rule = { readonly labels: Labels; last: number; down: number; up: number; firingSinceMs: number | null }
/**
 * What is down for `attempts` looks in a row fires, and ends once it is not down for as many. A missing look leaves the last reading
 * standing; a port that nobody tells of any more is not down.
 */
const step = (rule: Rule, reading: number | undefined, attempts: number, nowMs: number): "fires" | "ends" | "rests" => {
  if (reading !== undefined && reading !== MISSING) rule.last = reading
  if (rule.last === DOWN) [rule.down, rule.up] = [rule.down + 1, 0]
  else [rule.down, rule.up] = [0, rule.up + 1]
  if (rule.firingSinceMs === null) {
    if (rule.down < attempts) return "rests"
    rule.firingSinceMs = nowMs
  } else if (rule.up >= attempts) return "ends"
  return "fires"
}

/** Prometheus tells again at each evaluation, and lets an alert run out by itself if it could not. */
const RUN_OUT_MS = 60_000
const READY_MS = 30_000

const rulesOf = (scene: Scene): Rule[] => {
  const hostOf = new Map(hostsOf(scene).map((host) => [host.name, host]))
  return scene.targets.map((target): Rule => {
    const teller = target.is === "port" ? hostOf.get(target.port.host) : target.host
    if (teller === undefined) throw new Error(`${scene.name}: a port at no host`)
    const labels = target.is === "port" ? portLabels(scene.name, target.port, teller) : hostLabels(scene.name, teller)
    return { labels, last: UP, down: 0, up: 0, firingSinceMs: null }
  })
}

export const startAlertmanager = async (
  program: string,
  scenes: readonly Scene[],
  account: Account,
  pace: Pace,
): Promise<Peer> => {
  const folder = peerFolder("alertmanager", account)
  const posts: Post[] = []
  const { server, url } = await listenForPosts(posts)
  const config = join(folder, "alertmanager.yml")
  writeFileSync(config, alertmanagerConfig(scenes, url, pace))
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
    env: process.env,
    logFile: join(folder, "output"),
  })
  const stop = async (): Promise<void> => {
    await child.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  }
  const rules = new Map(scenes.map((scene) => [scene, rulesOf(scene)]))
  let lastNewsMs = Date.now()
  let lateMs = 0

  const tell = async (looks: Looks): Promise<void> => {
    const nowMs = Date.now()
    const alerts = [...looks].flatMap(([scene, readings]) =>
      (rules.get(scene) ?? []).flatMap((rule, place) => {
        const { firingSinceMs } = rule
        const outcome = step(rule, readings[place], pace.attempts, nowMs)
        if (outcome === "rests") return []
        if (outcome === "ends") rule.firingSinceMs = null
        const endsAt = new Date(outcome === "ends" ? nowMs : nowMs + RUN_OUT_MS)
        return [{ labels: rule.labels, startsAt: new Date(firingSinceMs ?? nowMs), endsAt }]
      }),
    )
    if (alerts.length === 0) return
    lastNewsMs = nowMs
    const answer = await fetch(`http://${address}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    })
    lateMs = Math.max(lateMs, Date.now() - nowMs)
    if (!answer.ok) throw new Error(`Alertmanager refused alerts with ${answer.status}: ${await answer.text()}`)
  }
  /** A group that has just flushed tells what ended since at its next flush. */
  const isCalm = (): Promise<boolean> => Promise.resolve(Date.now() - lastNewsMs > (pace.checkEvery + 2) * pace.lookMs)
  const takePages = () => pagesOfPosts(posts.splice(0))
  const isReady = (): Promise<boolean> =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  const isUp = (): Promise<void> => cameUp(child, isReady, READY_MS)
  return { name: "Alertmanager", folder, isUp, tell, isCalm, takePages, lateMs: () => lateMs, stop }
}
