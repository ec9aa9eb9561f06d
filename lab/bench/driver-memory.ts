/** Memory of each driver: the heap after the same units and a collection, one process each. */
import { spawn } from "node:child_process"
import { pathToFileURL } from "node:url"
import { databaseUrl, parseDatabaseUrl } from "@ispvm/appliance/platform/postgres/database-url"
import type { RunningPostgres } from "@ispvm/appliance/platform/postgres/postgres"
import { z } from "zod"
import { benchSetting, environment } from "../config.ts"
import { DRIVERS, type DriverName, openDriver } from "./driver-faces.ts"
import { table } from "./figures.ts"

const Result = z.object({ heapMb: z.number(), rssMb: z.number() })

const runChild = async (driver: DriverName, url: string): Promise<void> => {
  const face = openDriver(driver, parseDatabaseUrl(url))
  for (let round = 0; round < 60; round += 1)
    await face.begin(async (tx) => {
      const list = Array.from({ length: 5_000 }, (_, i) => i)
      await tx`select * from unnest(${list}::int[], ${list.map((i) => `ether${i}`)}::text[])`
    })
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  process.stdout.write(JSON.stringify({ heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20 }))
  await face.close()
}

export const runMemory = async (server: RunningPostgres): Promise<void> => {
  const url = databaseUrl(server.connection("postgres", "postgres"))
  const rows = [["memory after 300000 rows", "heap", "resident"]]
  for (const driver of DRIVERS) {
    const out = await new Promise<string>((resolve) => {
      const args = ["--expose-gc", import.meta.filename, driver]
      const env = { ...environment(), BENCH_URL: url }
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env })
      let text = ""
      child.stdout.on("data", (bytes) => {
        text += String(bytes)
      })
      child.once("close", () => resolve(text))
    })
    const { heapMb, rssMb } = Result.parse(JSON.parse(out))
    rows.push([driver, `${heapMb.toFixed(1)} MB`, `${rssMb.toFixed(0)} MB`])
  }
  console.log(`${table(rows)}\n`)
}

const [, script = "", driver] = process.argv
if (import.meta.url === pathToFileURL(script).href) {
  const known = DRIVERS.find((each) => each === driver)
  if (known === undefined) throw new Error("usage: DRIVER")
  await runChild(known, benchSetting("BENCH_URL"))
}
