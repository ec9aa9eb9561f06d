import { readBy, TABLES, tableOf } from "@ispvm/wire/tables"
import { endpoint, type Route, route } from "../../platform/http/http.ts"
import { notFound } from "../../platform/http/http-error.ts"
import { may } from "../../platform/http/permissions.ts"
import type { TableRows } from "./rows.ts"
import type { NamedSnapshot, StoredRow } from "./rows-store.ts"

const present = ({ cells, ...row }: StoredRow) => ({ ...row, values: { ...cells } })

/** Every table; one of another release is stored, and not shown. */
const summaries = (snapshots: readonly NamedSnapshot[]) => {
  const byTable = Map.groupBy(snapshots, ({ name }) => name)
  return TABLES.map(({ name, title }) => ({
    table: name,
    title,
    readBy: readBy(name),
    sources: (byTable.get(name) ?? []).map(({ name: _, ...source }) => source),
  }))
}

export const routes = ({ rows }: { readonly rows: TableRows }): readonly Route[] => [
  route({
    ...endpoint("GET /devices/{id}/tables"),
    permission: "inventory:read",
    summary: "Every table, how many rows the device has of it, and when each source reported them",
    handle: async ({ params }, { org }) => {
      const snapshots = await rows.tablesOf(org, params.id)
      if (snapshots === null) throw notFound("device", params.id)
      return { items: summaries(snapshots), next: null }
    },
  }),
  route({
    ...endpoint("GET /devices/{id}/configuration"),
    permission: "inventory:read",
    summary:
      "Sections of a device's configuration as hashes, when each was read, and when it changed",
    handle: async ({ params }, { org }) => {
      const found = await rows.configuration(org, params.id)
      if (found === null) throw notFound("device", params.id)
      const sections = found.sections.map((each) => ({
        ...each,
        readAtMs: Math.round(each.readAtMs),
      }))
      return { items: sections, sources: [...found.snapshots] }
    },
  }),
  route({
    ...endpoint("GET /devices/{id}/tables/{table}"),
    permission: "inventory:read",
    summary: "Rows of a table of a device, such as neighbours or sessions; `search` filters them",
    handle: async ({ params, query }, actor) => {
      const { name, title, columns } = tableOf(params.table)
      const page = await rows.list(actor.org, {
        device: params.id,
        table: params.table,
        search: query.search ?? null,
        cursor: query.cursor ?? null,
        limit: query.limit,
        withGone: query.show === "all",
        withPersons: may(actor, "subscribers:read"),
      })
      return {
        table: name,
        title,
        columns: Object.entries(columns).map(([column, each]) => ({
          name: column,
          title: each.title,
          type: each.type,
          unit: each.unit ?? null,
        })),
        items: page.rows.map(present),
        next: page.next,
        sources: [...page.snapshots],
      }
    },
  }),
  route({
    ...endpoint("GET /search"),
    permission: "inventory:read",
    summary:
      "Rows of tables of all devices that contain a text: a user, a MAC address, a neighbour",
    handle: async ({ query }, actor) => ({
      items: (query.q === undefined
        ? []
        : await rows.find(actor.org, query.q, query.limit, may(actor, "subscribers:read"))
      ).map(({ cells, name, ...row }) => ({
        ...row,
        table: name,
        values: { ...cells },
      })),
      next: null,
    }),
  }),
]
