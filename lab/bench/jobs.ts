/**
 * The queue of durable jobs: `platform/jobs`, and as the least that could do, a table with
 * SKIP LOCKED and LISTEN.
 *   npm run bench -- jobs [--idle-seconds 60] [--only ours|table]
 * Each in a process of its own against a fresh database, with the two roles of an installation: the
 * owner makes the tables, the role that owns nothing works on them. Idle means eight queues, one
 * of them scheduled every minute, and no work; server CPU is of all processes of the server.
 */
import { spawn } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"
import { databaseUrl } from "@ispvm/appliance/platform/postgres/database-url"
import { startPostgres } from "@ispvm/appliance/platform/postgres/postgres"
import { prepareDatabase } from "@ispvm/appliance/platform/postgres/roles"
import { z } from "zod"
import { environment } from "../config.ts"
import { ms, table } from "./figures.ts"
import { QUEUES } from "./jobs-queues.ts"
import { usageOfPostgres } from "./process-usage.ts"

const Report = z.union([
  z.object({ kind: z.literal("started"), installMs: z.number(), startMs: z.number() }),
  z.object({ kind: z.literal("idle"), cpuMs: z.number(), connections: z.number() }),
  z.object({
    kind: z.literal("done"),
    p50Ms: z.number(),
    p95Ms: z.number(),
    jobsPs: z.number(),
    cpuMsPerJob: z.number(),
    rssMb: z.number(),
  }),
])
type Report = z.infer<typeof Report>

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "idle-seconds": { type: "string", default: "60" },
      only: { type: "string", multiple: true, default: [...QUEUES] },
    },
  })
  const rows = [
    [
      "queue",
      "install",
      "start",
      "idle CPU/min",
      "server idle CPU/min",
      "connections",
      "latency p50",
      "p95",
      "jobs/s",
      "CPU/job",
      "resident",
    ],
  ]
  for (const name of QUEUES)
    if (values.only.includes(name)) rows.push(await measure(name, Number(values["idle-seconds"])))
  console.log(table(rows))
  return true
}

const measure = async (name: string, idleS: number): Promise<string[]> => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-jobs-"))
  chmodSync(folder, 0o755)
  const server = await startPostgres({
    dataDir: join(folder, "data"),
    user: null,
    info: () => undefined,
  })
  try {
    const logins = await prepareDatabase(
      (database) => server.connection("postgres", database),
      "bench",
      server.passwords,
    )
    const env = {
      ...environment(),
      BENCH_OWNER: databaseUrl(logins.owner),
      BENCH_APP: databaseUrl(logins.app),
      BENCH_IDLE_S: String(idleS),
    }
    const reports: Report[] = []
    let serverIdleMs = 0
    const child = spawn(process.execPath, [join(import.meta.dirname, "jobs-child.ts"), name], {
      stdio: ["ignore", "pipe", "inherit"],
      env,
    })
    let pending = ""
    child.stdout.on("data", (bytes) => {
      const lines = (pending + String(bytes)).split("\n")
      pending = lines.pop() ?? ""
      for (const line of lines) {
        const report = Report.parse(JSON.parse(line))
        reports.push(report)
        if (report.kind === "started") serverIdleMs = -usageOfPostgres(server.directory).cpuMs
        if (report.kind === "idle") serverIdleMs += usageOfPostgres(server.directory).cpuMs
      }
    })
    await new Promise((resolve) => child.once("close", resolve))
    const [started, idle, done] = reports
    if (started?.kind !== "started" || idle?.kind !== "idle" || done?.kind !== "done")
      return [name, "failed"]
    const perMinute = (value: number) => `${((value / idleS) * 60).toFixed(0)} ms`
    return [
      name,
      ms(started.installMs),
      ms(started.startMs),
      perMinute(idle.cpuMs),
      perMinute(serverIdleMs),
      String(idle.connections),
      `${done.p50Ms.toFixed(1)} ms`,
      `${done.p95Ms.toFixed(1)} ms`,
      done.jobsPs.toFixed(0),
      `${done.cpuMsPerJob.toFixed(2)} ms`,
      `${done.rssMb.toFixed(0)} MB`,
    ]
  } finally {
    await delay(200)
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
