/**
 * Which engine stores raw values: partitions, or hypertables of TimescaleDB where the server has it.
 * Runs at each start, after the migrations, as the tables' owner: an extension may be installed long
 * after a migration ran.
 */
import { z } from "zod"
import type { Connection } from "../../platform/postgres/database-url.ts"
import { openSql } from "../../platform/postgres/db.ts"

/** `auto`: hypertables where they can be had. `plain`: no change; hypertables stay what they are. */
export type WantedEngine = "auto" | "plain"

const SeriesStorage = z.strictObject({
  engine: z.enum(["plain", "timescale"]),
  version: z.string().nullable(),
  /** `timescaledb.license`: `apache`, or `timescale` for the Community edition. */
  edition: z.string().nullable(),
  /** Bytes of old partitions that are still to be converted. */
  bytesLeft: z.number(),
})
export type SeriesStorage = z.infer<typeof SeriesStorage>

/** Two starts at once wait for each other. Killed midway, the next start does it. */
export const chooseEngine = async (
  owner: Connection,
  wanted: WantedEngine,
): Promise<SeriesStorage> => {
  const sql = openSql(owner, { name: "engine", max: 1, settings: { lock_timeout: 60_000 } })
  try {
    if (wanted === "auto") {
      await sql.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(1769239151)`
        const [row] = await tx<{ there: boolean }[]>`select ispvm.create_timescale() as there`
        if (row?.there === true) await tx`select ispvm.adopt_timescale()`
      })
    }
    const [row] = await sql<{ status: unknown }[]>`select ispvm.storage_status() as status`
    return SeriesStorage.parse(row?.status)
  } finally {
    await sql.end()
  }
}
