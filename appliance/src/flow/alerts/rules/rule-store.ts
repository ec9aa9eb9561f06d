/** All SQL of alert rules: the versions that people wrote. */
import { z } from "zod"
import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"

const VersionRow = z.object({
  rule: z.string(),
  version: z.int(),
  yaml: z.string().nullable(),
  baseYaml: z.string().nullable(),
  author: z.string(),
  reason: z.string(),
  atMs: z.number().transform(Math.round),
})
export type StoredVersion = z.infer<typeof VersionRow>

const columns = (tx: Tx) => tx`
  rule_id as rule, version, yaml, base_yaml as "baseYaml", author, reason,
  (extract(epoch from at) * 1000)::float8 as "atMs"`

/** The latest version of each rule. */
export const latestVersions = async (tx: Tx, org: OrgId): Promise<StoredVersion[]> =>
  VersionRow.array().parse(
    await tx`
      select distinct on (rule_id) ${columns(tx)} from alerts.rule_version
      where org_id = ${org} order by rule_id, version desc`,
  )

/** Newest first. */
export const versionsOf = async (tx: Tx, org: OrgId, rule: string): Promise<StoredVersion[]> =>
  VersionRow.array().parse(
    await tx`
      select ${columns(tx)} from alerts.rule_version
      where org_id = ${org} and rule_id = ${rule} order by version desc limit 1000`,
  )

export type NewVersion = Pick<StoredVersion, "rule" | "yaml" | "baseYaml" | "author" | "reason">
/** Two people at once: the second one's transaction fails on the number of the version. */
export const insertVersion = async (
  tx: Tx,
  org: OrgId,
  { rule, yaml, baseYaml, author, reason }: NewVersion,
): Promise<number> => {
  const [row] = await tx<{ version: number }[]>`
    insert into alerts.rule_version (org_id, rule_id, version, yaml, base_yaml, author, reason)
    values (${org}, ${rule},
      (select coalesce(max(version), 0) + 1 from alerts.rule_version where org_id = ${org} and rule_id = ${rule}),
      ${yaml}, ${baseYaml}, ${author}, ${reason})
    returning version`
  return row?.version ?? 0
}
