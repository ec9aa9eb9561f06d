import type { Site } from "../../api/inventory.ts"
import { endpoint, type Route, route } from "../../platform/http/http.ts"
import { hasWords, type ListOf, listPage } from "../../platform/list-page.ts"
import type { Inventory } from "./inventory.ts"

/** These lists are short: the first page contains everything. */
const whole = <T>(items: readonly T[]) => ({ items: [...items], next: null })

const SITES: ListOf<Site> = { id: ({ id }) => id, orders: { name: ({ name }) => name } }

export const routes = ({ inventory }: { readonly inventory: Inventory }): readonly Route[] => [
  ...placeRoutes(inventory),
  ...deviceRoutes(inventory),
  ...credentialRoutes(inventory),
]

const placeRoutes = (inventory: Inventory): readonly Route[] => [
  route({
    ...endpoint("GET /regions"),
    permission: "inventory:read",
    summary: "Regions by name",
    handle: async (_, actor) => whole(await inventory.regions(actor.org)),
  }),
  route({
    ...endpoint("POST /regions"),
    permission: "inventory:write",
    summary: "Add a region",
    handle: ({ body }, actor) => inventory.createRegion(actor, body),
  }),
  route({
    ...endpoint("PATCH /regions/{id}"),
    permission: "inventory:write",
    summary: "Rename a region",
    handle: ({ params, body }, actor) => inventory.changeRegion(actor, params.id, body),
  }),
  route({
    ...endpoint("DELETE /regions/{id}"),
    permission: "inventory:write",
    summary: "Remove a region; its sites stay",
    handle: ({ params }, actor) => inventory.removeRegion(actor, params.id),
  }),
  route({
    ...endpoint("GET /sites"),
    permission: "inventory:read",
    summary: "Sites by name; in pages with `limit`",
    handle: async ({ query: { q, ...query } }, actor) => {
      const sites = await inventory.sites(actor.org)
      return listPage(
        sites.filter(({ name }) => hasWords(q, [name])),
        query,
        SITES,
      )
    },
  }),
  route({
    ...endpoint("POST /sites"),
    permission: "inventory:write",
    summary: "Add a site",
    handle: ({ body }, actor) => inventory.createSite(actor, body),
  }),
  route({
    ...endpoint("PATCH /sites/{id}"),
    permission: "inventory:write",
    summary: "Change a site",
    handle: ({ params, body }, actor) => inventory.changeSite(actor, params.id, body),
  }),
  route({
    ...endpoint("DELETE /sites/{id}"),
    permission: "inventory:write",
    summary: "Remove a site; its devices stay",
    handle: ({ params }, actor) => inventory.removeSite(actor, params.id),
  }),
]

const deviceRoutes = (inventory: Inventory): readonly Route[] => [
  route({
    ...endpoint("POST /devices"),
    permission: "inventory:write",
    summary: "Add a device",
    handle: ({ body: { secret, ...device } }, actor) =>
      inventory.createDevice(actor, device, secret),
  }),
  route({
    ...endpoint("POST /devices/import"),
    permission: "inventory:write",
    summary: "Import devices from CSV: add new ones, change existing ones",
    maxBodyBytes: 5_000_000,
    handle: ({ body }, actor) => inventory.importCsv(actor, body.csv, body.dryRun, body.agentId),
  }),
  route({
    ...endpoint("POST /sites/import"),
    permission: "inventory:write",
    summary: "Import sites from CSV: add new ones, change existing ones",
    maxBodyBytes: 5_000_000,
    handle: ({ body }, actor) => inventory.importList(actor, "site", body.csv, body.dryRun),
  }),
  route({
    ...endpoint("POST /links/import"),
    permission: "inventory:write",
    summary: "Import links from CSV: add new ones, change existing ones",
    maxBodyBytes: 5_000_000,
    handle: ({ body }, actor) => inventory.importList(actor, "link", body.csv, body.dryRun),
  }),
  route({
    ...endpoint("PATCH /devices/{id}"),
    permission: "inventory:write",
    summary: "Change a device",
    handle: ({ params, body: { secret, ...patch } }, actor) =>
      inventory.changeDevice(actor, params.id, patch, secret),
  }),
  route({
    ...endpoint("DELETE /devices/{id}"),
    permission: "inventory:write",
    summary: "Remove a device with its interfaces and links",
    handle: ({ params }, actor) => inventory.removeDevice(actor, params.id),
  }),
  route({
    ...endpoint("POST /links"),
    permission: "inventory:write",
    summary: "Add a link between two devices",
    handle: ({ body }, actor) => inventory.createLink(actor, body),
  }),
  route({
    ...endpoint("PATCH /links/{id}"),
    permission: "inventory:write",
    summary: "Change a link",
    handle: ({ params, body }, actor) => inventory.changeLink(actor, params.id, body),
  }),
  route({
    ...endpoint("DELETE /links/{id}"),
    permission: "inventory:write",
    summary: "Remove a link",
    handle: ({ params }, actor) => inventory.removeLink(actor, params.id),
  }),
]

const credentialRoutes = (inventory: Inventory): readonly Route[] => [
  route({
    ...endpoint("GET /credentials"),
    permission: "credentials:read",
    summary: "Credentials by name, without their secrets",
    handle: async (_, actor) => whole(await inventory.credentials(actor.org)),
  }),
  route({
    ...endpoint("POST /credentials"),
    permission: "credentials:write",
    summary: "Add a credential",
    handle: ({ body }, actor) => inventory.createCredential(actor, body),
  }),
  route({
    ...endpoint("PATCH /credentials/{id}"),
    permission: "credentials:write",
    summary: "Change a credential; omitted fields stay",
    handle: ({ params, body }, actor) => inventory.changeCredential(actor, params.id, body),
  }),
  route({
    ...endpoint("DELETE /credentials/{id}"),
    permission: "credentials:write",
    summary: "Remove a credential that no device uses",
    handle: ({ params }, actor) => inventory.removeCredential(actor, params.id),
  }),
]
