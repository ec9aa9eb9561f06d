/**
 * `npm run backup:measure [-- --gb N]`: how long a verified backup of N GB takes and how long its
 * restore (RTO). The RPO is the interval of the schedule plus the time of a backup.
 */
import { statSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { openSession } from "../src/platform/postgres/session.ts"
import { type BackupRig, backupRig } from "./backup-rig.ts"

const BYTES_PER_GB = 1e9
const MB = 1e6
const ROWS_A_STEP = 500_000
const MS_PER_S = 1_000

const sizeOf = async (rig: BackupRig): Promise<number> => {
  const session = await openSession(rig.source.db.owner, { name: "measure" })
  const [row] = await session.tx<{ bytes: number }[]>`
    select pg_database_size(current_database())::int8 as bytes`
  await session.end()
  return row?.bytes ?? 0
}

/** Probes of the last ten days, as many targets as it takes. */
const fillTo = async (rig: BackupRig, bytes: number): Promise<void> => {
  const session = await openSession(rig.source.db.owner, { name: "measure" })
  await session.tx`select ispvm.premake('ping', now() - interval '10 days', now())`
  for (let step = 1; (await sizeOf(rig)) < bytes; step += 1)
    await session.tx`
      insert into series.ping (ts, target_id, agent_id, sent, received, rtt_us, jitter_us, answers)
      select now() - n * interval '1.7 s', ${1_000_000 + step}, 1, 1, 1,
        (1000 + random() * 9000)::int, (random() * 900)::int, true
      from generate_series(1, ${ROWS_A_STEP}) n`
  await session.end()
}

const timed = async <T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> => {
  const startedMs = performance.now()
  const value = await work()
  return { value, seconds: (performance.now() - startedMs) / MS_PER_S }
}

const measure = async (gb: number): Promise<void> => {
  const rig = await backupRig()
  try {
    await fillTo(rig, gb * BYTES_PER_GB)
    const size = await sizeOf(rig)
    const made = await timed(() => rig.backup("measured.age"))
    const fresh = await rig.fresh()
    const restored = await timed(() => rig.restore(fresh, "measured.age"))
    const file = statSync(join(rig.folder, "measured.age")).size
    const peak = process.resourceUsage().maxRSS / 1_024
    console.log(`database ${(size / MB).toFixed(0)} MB, ${made.value.rows} rows`)
    console.log(
      `backup   ${made.seconds.toFixed(1)} s, verified, file ${(file / MB).toFixed(1)} MB`,
    )
    console.log(`restore  ${restored.seconds.toFixed(1)} s, ${restored.value.rows} rows (RTO)`)
    console.log(`RPO      the schedule's interval + ${made.seconds.toFixed(1)} s`)
    console.log(`memory   ${peak.toFixed(0)} MB at most`)
  } finally {
    await rig.close()
  }
}

const { values } = parseArgs({
  options: { gb: { type: "string", default: "1" }, help: { type: "boolean", default: false } },
})
if (values.help)
  console.log(`npm run backup:measure [-- --gb N]

Fills a database with N GB (default: 1), backs it up, restores it into an empty one, and prints how
long both took.`)
else await measure(Number(values.gb))
