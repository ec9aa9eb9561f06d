/** Stores a list of sites: new ones are added, those of a known name changed. */
import { z } from "zod"
import type { SiteInput } from "../../api/inventory.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { differences, write } from "../audit/audit.ts"
import { SITE_CELLS } from "./import-cells.ts"
import { tagsText } from "./import-changes.ts"
import { type Fault, halfPosition, readRows } from "./import-rows.ts"
import { changedTexts, type ListOutcome, newOutcome, noteChange } from "./import-run.ts"
import { areSameTags, siteColumns } from "./rows.ts"
import { insertRow, lockSite, regionIds, siteIds, updateRow } from "./store.ts"

const LIST = { cells: z.object(SITE_CELLS), required: ["name"], skipped: [], maxRows: 10_000 }
type Row = ReturnType<typeof readSites>["rows"][number]

const readSites = (csv: string) => {
  const lines = new Map<string, number>()
  return readRows(csv, LIST, (row): readonly Fault[] => {
    const { name, line } = row
    const half = halfPosition(row)
    if (half !== null) return [half]
    const first = lines.get(name)
    if (first !== undefined)
      return [
        { column: "name", said: { code: "import.name-twice", params: { name, line: first } } },
      ]
    lines.set(name, line)
    return []
  })
}

/** An empty cell leaves the field unchanged; so do the same tags in another order. */
const merged = (was: SiteInput, row: Row, regionId: string | null): SiteInput => ({
  ...was,
  regionId: regionId ?? was.regionId,
  latitude: row.latitude ?? was.latitude,
  longitude: row.longitude ?? was.longitude,
  note: row.note ?? was.note,
  textEncoding: row.text_encoding ?? was.textEncoding ?? null,
  ...(row.tags === null || areSameTags(row.tags, was.tags) ? {} : { tags: row.tags }),
})

const textsOf = (site: SiteInput, regions: ReadonlyMap<string, string>) => ({
  region: [...regions].find(([, id]) => id === site.regionId)?.[0] ?? null,
  place: site.latitude === null ? null : `${site.latitude}, ${site.longitude}`,
  tags: tagsText(site.tags),
  text_encoding: site.textEncoding ?? null,
  note: site.note === "" ? null : site.note,
})

const regionOf = async (
  tx: Tx,
  actor: Actor,
  regions: Map<string, string>,
  name: string | null,
): Promise<string | null> => {
  if (name === null) return null
  const known = regions.get(name)
  if (known !== undefined) return known
  const id = await insertRow(tx, actor.org, "region", { name })
  await write(tx, actor, "region.created", "region", id, { name, import: true })
  regions.set(name, id)
  return id
}

export const importSites = async (tx: Tx, actor: Actor, csv: string): Promise<ListOutcome> => {
  const { org } = actor
  const { rows, rejected } = readSites(csv)
  const outcome = newOutcome(rejected)
  const sites = await siteIds(tx, org)
  const regions = new Map(await regionIds(tx, org))
  const empty = { regionId: null, latitude: null, longitude: null, note: "", textEncoding: null }
  for (const row of rows) {
    const { name, line } = row
    const regionId = await regionOf(tx, actor, regions, row.region)
    const id = sites.get(name)
    if (id === undefined) {
      const site = merged({ ...empty, name, tags: [] }, row, regionId)
      const made = await insertRow(tx, org, "site", siteColumns(site))
      await write(tx, actor, "site.created", "site", made, { ...site, import: true })
      outcome.created.push(made)
      continue
    }
    const was = await lockSite(tx, org, id)
    if (was === undefined) continue // Removed by somebody since the import began.
    const now = merged(was, row, regionId)
    const changed = differences(was, now)
    if (Object.keys(changed).length === 0) {
      outcome.unchanged += 1
      continue
    }
    await updateRow(tx, org, "site", id, siteColumns(now))
    await write(tx, actor, "site.changed", "site", id, { ...changed, import: true })
    outcome.updated.push(id)
    const fields = changedTexts(textsOf(was, regions), textsOf(now, regions))
    noteChange(outcome, { line, what: "site", name, fields })
  }
  return outcome
}
