/**
 * A process with one durable job, to be killed in the middle of it. The second attempt succeeds.
 */
import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import { createCounters } from "../src/platform/counters.ts"
import { createJobs, defineJob, RETRY } from "../src/platform/jobs/jobs.ts"
import { createLog } from "../src/platform/log.ts"
import { openDbs } from "../src/platform/postgres/db.ts"

const dbs = openDbs({ appUrl: process.argv[2] ?? "" })
const jobs = createJobs({
  db: dbs.queue,
  counters: createCounters({ process: false }),
  log: createLog("silent"),
  intervals: { pollS: 0.5, superviseS: 1, heartbeatS: 10 },
})
const crash = defineJob({
  name: "crash",
  payload: z.strictObject({}),
  isUnique: true,
  retry: { ...RETRY, delayS: 1 },
  timeoutS: 60,
  runInTransaction: async (_, tx, { attempt }) => {
    await tx`insert into platform.setting (key, value) values (${`crash-${randomUUID()}`}, '1')`
    process.stdout.write("written, not committed\n")
    if (attempt === 1) await delay(60_000)
  },
})
jobs.add(crash)
await jobs.start()
await jobs.send(crash, {})
process.once("SIGTERM", () => void jobs.stop().then(() => dbs.close()))
