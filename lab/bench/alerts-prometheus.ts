/** Prometheus on the bench's devices: what it scrapes, its process, and what it raised. */
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { z } from "zod"
import { environment } from "../config.ts"
import { freePort } from "../demo/ports.ts"
import { asAccount, waitUntilReady } from "../eval/alerting/alerting-system.ts"
import { type Account, programFolder } from "../eval/alerting/programs.ts"
import { Child } from "../simulator/child.ts"
import {
  AGENTS,
  type BenchRule,
  CAPACITY_BPS,
  INTERVAL_MS,
  PROBES,
  prometheusRules,
  roleOf,
  valuesAt,
} from "./alerts-world.ts"

/** Of one agent's devices, in the text format. */
const textOf = (devices: number, agent: number, n: number): string => {
  const lines: string[] = []
  for (let device = agent; device < devices; device += AGENTS) {
    const own = valuesAt(device, n)
    const labels = `device="d${device}",role="${roleOf(device)}"`
    const add = (name: string, value: number, more = "") =>
      lines.push(`${name}{${labels}${more}} ${value}`)
    add("ping_sent", PROBES)
    add("ping_received", PROBES - own.loss)
    add("ping_rtt_ms", own.rttMs)
    add("device_uptime_s", 1e6 + n * 10)
    add("device_cpu_pct", own.cpu)
    for (const [name, value] of [
      ["memory", own.memory],
      ["disk", own.disk],
    ] as const) {
      add(`device_${name}_used_bytes`, value * 1e7)
      add(`device_${name}_total_bytes`, 1e9)
    }
    add("sensor_value", own.celsius, `,sensor="board",unit="°C"`)
    add("sensor_value", own.volt, `,sensor="supply",unit="V"`)
    for (const { name, isUp, rxBps, txBps, errorsPs, dropsPs } of own.ports) {
      const ends = name === "ether1" || name === "ether2" ? `,ends="link"` : ""
      const port = `,interface="${name}"${ends}`
      add("interface_up", Number(isUp), port)
      add("interface_rx_bps", rxBps, port)
      add("interface_tx_bps", txBps, port)
      add("interface_errors", errorsPs, port)
      add("interface_drops", dropsPs, port)
      if (ends !== "") add("interface_capacity_bps", CAPACITY_BPS, port)
    }
  }
  return `${lines.join("\n")}\n`
}

export type Exposition = { readonly port: number; readonly close: () => void }
/** The n-th interval begins at `startMs` + n intervals. */
export const expose = async (devices: number, startMs: number): Promise<Exposition> => {
  const known = new Map<number, { readonly n: number; readonly text: string }>()
  const server = createServer((request, response) => {
    const agent = Number(request.url?.split("/").at(-1))
    const n = Math.max(0, Math.floor((Date.now() - startMs) / INTERVAL_MS))
    const last = known.get(agent)
    const text = last?.n === n ? last.text : textOf(devices, agent, n)
    known.set(agent, { n, text })
    response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
    response.end(text)
  })
  const port = await freePort()
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { port, close }
}

const Alerts = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        state: z.string(),
        labels: z.object({
          alertname: z.string(),
          device: z.string(),
          interface: z.string().optional(),
          sensor: z.string().optional(),
        }),
      }),
    ),
  }),
})

export type Prometheus = {
  readonly cpuMs: () => number
  readonly rssByte: () => number
  readonly raised: () => Promise<readonly string[]>
  /** Of all groups, since its start: what was due, and what was left out because it was late. */
  readonly iterations: () => Promise<{ readonly due: number; readonly missed: number }>
  readonly stop: () => Promise<void>
}
const TICKS_PER_S = 100

/** `rules` empty: it only scrapes. */
export const startPrometheus = async (
  program: string,
  account: Account,
  { port: exposed }: Exposition,
  rules: readonly BenchRule[],
): Promise<Prometheus> => {
  const folder = programFolder("ispvm-prometheus-", account)
  const port = await freePort()
  const every = `${INTERVAL_MS / 1_000}s`
  const rulesFile = join(folder, "rules.yml")
  writeFileSync(rulesFile, prometheusRules(rules))
  const targets = Array.from({ length: AGENTS }, (_, agent) => ({
    targets: [`127.0.0.1:${exposed}`],
    labels: { __metrics_path__: `/agent/${agent}` },
  }))
  const config = {
    global: { scrape_interval: every, evaluation_interval: every },
    rule_files: rules.length === 0 ? [] : [rulesFile],
    scrape_configs: [{ job_name: "agents", static_configs: targets }],
  }
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config))
  const child = new Child({
    name: "prometheus",
    command: asAccount(account, [
      program,
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]),
    env: environment(),
    logFile: join(folder, "log"),
  })
  const ask = async (path: string): Promise<unknown> =>
    await (await fetch(`http://127.0.0.1:${port}${path}`)).json()
  await waitUntilReady(
    child,
    async () => {
      try {
        return (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok
      } catch {
        return false
      }
    },
    60_000,
  )
  const ofProcess = (file: string): string =>
    readFileSync(`/proc/${child.process.pid}/${file}`, "utf8")
  return {
    cpuMs: () => {
      const fields = ofProcess("stat").split(") ")[1]?.split(" ") ?? []
      return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_S
    },
    rssByte: () => Number(/VmRSS:\s+(\d+)/.exec(ofProcess("status"))?.[1]) * 1_024,
    raised: async () =>
      Alerts.parse(await ask("/api/v1/alerts")).data.alerts.flatMap(({ state, labels }) => {
        const { alertname, device, interface: port, sensor } = labels
        const last = port ?? sensor
        return state === "firing"
          ? [`${alertname} ${device}${last === undefined ? "" : ` ${last}`}`]
          : []
      }),
    iterations: async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      const sumOf = (name: string): number =>
        [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, "gm"))].reduce(
          (sum, [, value]) => sum + Number(value),
          0,
        )
      return {
        due: sumOf("prometheus_rule_group_iterations_total"),
        missed: sumOf("prometheus_rule_group_iterations_missed_total"),
      }
    },
    stop: async () => {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
