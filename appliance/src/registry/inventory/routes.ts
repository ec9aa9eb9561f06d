import { z } from "zod"
import {
  Credential,
  CredentialInput,
  CredentialPatch,
  DeviceChange,
  DeviceCreate,
  ImportAnswer,
  ImportRequest,
  LinkInput,
  LinkPatch,
  Region,
  RegionInput,
  Site,
  SiteInput,
  SitePatch,
} from "../../api/inventory.ts"
import { page } from "../../api/shared.ts"
import { type Route, route } from "../../platform/http/http.ts"
import type { Inventory } from "./inventory.ts"

const Id = z.strictObject({ id: z.uuid() })
/** These lists are short: all of it is the first page. */
const whole = <T>(items: readonly T[]) => ({ items: [...items], next: null })

export const routes = ({ inventory }: { readonly inventory: Inventory }): readonly Route[] => [
  ...placeRoutes(inventory),
  ...deviceRoutes(inventory),
  ...credentialRoutes(inventory),
]

const read = { method: "GET", permission: "inventory:read" } as const
const create = { method: "POST", permission: "inventory:write", answer: Id, status: 201 } as const
const change = { method: "PATCH", permission: "inventory:write", params: Id, answer: Id } as const
const remove = { method: "DELETE", permission: "inventory:write", params: Id } as const

const placeRoutes = (inventory: Inventory): readonly Route[] => [
  route({
    ...read,
    path: "/regions",
    summary: "Regions by name",
    answer: page(Region),
    handle: async (_, actor) => whole(await inventory.regions(actor.org)),
  }),
  route({
    ...create,
    path: "/regions",
    summary: "Add a region",
    body: RegionInput,
    handle: ({ body }, actor) => inventory.createRegion(actor, body),
  }),
  route({
    ...change,
    path: "/regions/{id}",
    summary: "Rename a region",
    body: RegionInput,
    handle: ({ params, body }, actor) => inventory.changeRegion(actor, params.id, body),
  }),
  route({
    ...remove,
    path: "/regions/{id}",
    summary: "Remove a region; its sites stay",
    handle: ({ params }, actor) => inventory.removeRegion(actor, params.id),
  }),
  route({
    ...read,
    path: "/sites",
    summary: "Sites by name",
    answer: page(Site),
    handle: async (_, actor) => whole(await inventory.sites(actor.org)),
  }),
  route({
    ...create,
    path: "/sites",
    summary: "Add a site",
    body: SiteInput,
    handle: ({ body }, actor) => inventory.createSite(actor, body),
  }),
  route({
    ...change,
    path: "/sites/{id}",
    summary: "Change a site",
    body: SitePatch,
    handle: ({ params, body }, actor) => inventory.changeSite(actor, params.id, body),
  }),
  route({
    ...remove,
    path: "/sites/{id}",
    summary: "Remove a site; its devices stay",
    handle: ({ params }, actor) => inventory.removeSite(actor, params.id),
  }),
]

const deviceRoutes = (inventory: Inventory): readonly Route[] => [
  route({
    ...create,
    path: "/devices",
    summary: "Add a device",
    body: DeviceCreate,
    handle: ({ body: { secret, ...device } }, actor) =>
      inventory.createDevice(actor, device, secret),
  }),
  route({
    method: "POST",
    path: "/devices/import",
    summary: "Add or change devices from CSV",
    permission: "inventory:write",
    body: ImportRequest,
    answer: ImportAnswer,
    maxBodyBytes: 5_000_000,
    handle: ({ body }, actor) => inventory.importCsv(actor, body.csv, body.dryRun, body.agentId),
  }),
  route({
    ...change,
    path: "/devices/{id}",
    summary: "Change a device",
    body: DeviceChange,
    handle: ({ params, body: { secret, ...patch } }, actor) =>
      inventory.changeDevice(actor, params.id, patch, secret),
  }),
  route({
    ...remove,
    path: "/devices/{id}",
    summary: "Remove a device with its ports and links",
    handle: ({ params }, actor) => inventory.removeDevice(actor, params.id),
  }),
  route({
    ...create,
    path: "/links",
    summary: "Join two devices",
    body: LinkInput,
    handle: ({ body }, actor) => inventory.createLink(actor, body),
  }),
  route({
    ...change,
    path: "/links/{id}",
    summary: "Change a link",
    body: LinkPatch,
    handle: ({ params, body }, actor) => inventory.changeLink(actor, params.id, body),
  }),
  route({
    ...remove,
    path: "/links/{id}",
    summary: "Remove a link",
    handle: ({ params }, actor) => inventory.removeLink(actor, params.id),
  }),
]

const credentialRoutes = (inventory: Inventory): readonly Route[] => [
  route({
    method: "GET",
    path: "/credentials",
    summary: "Credentials by name, without their secrets",
    permission: "credentials:read",
    answer: page(Credential),
    handle: async (_, actor) => whole(await inventory.credentials(actor.org)),
  }),
  route({
    ...create,
    path: "/credentials",
    summary: "Add a credential",
    permission: "credentials:write",
    body: CredentialInput,
    handle: ({ body }, actor) => inventory.createCredential(actor, body),
  }),
  route({
    ...change,
    path: "/credentials/{id}",
    summary: "Change a credential; what is left out stays",
    permission: "credentials:write",
    body: CredentialPatch,
    handle: ({ params, body }, actor) => inventory.changeCredential(actor, params.id, body),
  }),
  route({
    ...remove,
    path: "/credentials/{id}",
    summary: "Remove a credential that no device uses",
    permission: "credentials:write",
    handle: ({ params }, actor) => inventory.removeCredential(actor, params.id),
  }),
]
