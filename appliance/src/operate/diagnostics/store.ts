import { z } from "zod"
import { CredentialKind } from "../../api/credential-kind.ts"
import { Diagnostic, type DiagnosticRun, RunOutcome } from "../../api/diagnostics.ts"
import { MethodsInput } from "../../api/inventory.ts"
import { DeviceId, type OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const DeviceRow = z.object({
  id: DeviceId,
  name: z.string(),
  address: z.string(),
  methods: MethodsInput,
  agentId: z.string().nullable(),
  credentialId: z.string().nullable(),
  diagnosticsCredentialId: z.string().nullable(),
})
export type DeviceRow = z.infer<typeof DeviceRow>
export const findDevice = async (tx: Tx, org: OrgId, id: string): Promise<DeviceRow | null> => {
  const [row] = await tx`
    select id, name, address, methods, agent_id as "agentId", credential_id as "credentialId",
      diagnostics_credential_id as "diagnosticsCredentialId"
    from inventory.device where org_id = ${org} and id = ${id}`
  return row === undefined ? null : DeviceRow.parse(row)
}
export const hasInterface = async (
  tx: Tx,
  org: OrgId,
  device: string,
  name: string,
): Promise<boolean> =>
  (
    await tx`select from inventory.interface
      where org_id = ${org} and device_id = ${device} and name = ${name} and gone_at is null`
  ).length === 1

export type NewRun = Pick<
  DiagnosticRun,
  "id" | "deviceId" | "diagnostic" | "by" | "agentName" | "account" | "startedAtMs"
> & { readonly accountId: string }
export const insertRun = async (tx: Tx, org: OrgId, run: NewRun): Promise<void> => {
  await tx`
    insert into diagnostics.run
      (id, org_id, device_id, agent_name, account_id, actor, diagnostic, used_account, started_at)
    values (${run.id}, ${org}, ${run.deviceId}, ${run.agentName}, ${run.accountId}, ${run.by},
      ${JSON.stringify(run.diagnostic)}::jsonb, ${run.account}, to_timestamp(${run.startedAtMs}::float8 / 1000))`
}
export type RunEnd = {
  readonly endedAtMs: number
  readonly outcome: RunOutcome
  readonly message: string
  readonly lines: readonly string[]
}
/** Nothing happens to a run whose device was removed meanwhile. */
export const endRun = async (
  tx: Tx,
  org: OrgId,
  id: string,
  { endedAtMs, outcome, message, lines }: RunEnd,
): Promise<void> => {
  await tx`
    update diagnostics.run set ended_at = to_timestamp(${endedAtMs}::float8 / 1000), outcome = ${outcome},
      message = ${message}, line_count = ${lines.length}, output = ${lines.join("\n")}
    where org_id = ${org} and id = ${id}`
}

const Row = z.object({
  id: z.string(),
  deviceId: z.string(),
  diagnostic: Diagnostic,
  by: z.string(),
  agentName: z.string(),
  account: z.enum(["none", ...CredentialKind.options]),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  outcome: RunOutcome.nullable(),
  message: z.string(),
  lineCount: z.number(),
})
/** A run of a later release may have an action that this one does not know: it is left out. */
const parseRows = (rows: readonly unknown[]): DiagnosticRun[] =>
  rows.flatMap((row) => {
    const parsed = Row.safeParse(row)
    return parsed.success ? [parsed.data] : []
  })

export const readRuns = async (
  tx: Tx,
  org: OrgId,
  device: string,
  limit: number,
): Promise<DiagnosticRun[]> =>
  parseRows(
    await tx`
      select id, device_id as "deviceId", diagnostic, actor as by, agent_name as "agentName", used_account as account,
        floor(extract(epoch from started_at) * 1000)::float8 as "startedAtMs",
        floor(extract(epoch from ended_at) * 1000)::float8 as "endedAtMs", outcome, message, line_count as "lineCount"
      from diagnostics.run where org_id = ${org} and device_id = ${device}
      order by started_at desc, id limit ${limit}`,
  )
export const findRun = async (
  tx: Tx,
  org: OrgId,
  id: string,
): Promise<(DiagnosticRun & { readonly lines: string[] }) | null> => {
  const rows = await tx<{ output: string }[]>`
    select id, device_id as "deviceId", diagnostic, actor as by, agent_name as "agentName", used_account as account,
      floor(extract(epoch from started_at) * 1000)::float8 as "startedAtMs",
      floor(extract(epoch from ended_at) * 1000)::float8 as "endedAtMs", outcome, message, line_count as "lineCount", output
    from diagnostics.run where org_id = ${org} and id = ${id}`
  const [run] = parseRows(rows)
  if (run === undefined) return null
  const output = rows[0]?.output ?? ""
  return { ...run, lines: run.lineCount === 0 ? [] : output.split("\n") }
}

/** Runs older than `days`, and all but the newest `keep` of each device. */
export const pruneRuns = async (tx: Tx, org: OrgId, days: number, keep: number): Promise<number> =>
  (
    await tx`
      delete from diagnostics.run r using (
        select id, row_number() over (partition by device_id order by started_at desc) as place
        from diagnostics.run where org_id = ${org}) ranked
      where r.org_id = ${org} and r.id = ranked.id
        and (ranked.place > ${keep} or r.started_at < now() - make_interval(days => ${days}))`
  ).count
