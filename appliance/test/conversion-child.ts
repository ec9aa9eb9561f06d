/** Converts until nothing is left, as housekeeping does. Reads the owner's connection from its input. */
import { text } from "node:stream/consumers"
import { openSql } from "../src/platform/postgres/db.ts"

const sql = openSql(JSON.parse(await text(process.stdin)), { name: "conversion", max: 1 })
const isDone = async (): Promise<boolean> => (await sql`select from ispvm.conversion`).length === 0
while (!(await isDone())) await sql`select ispvm.run_housekeeping('convert')`
await sql.end()
