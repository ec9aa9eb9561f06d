/**
 * The inventory: regions, sites, devices, links, credentials. Each change is one transaction with
 * its audit row, and is announced after commit.
 */
import type { CredentialKind } from "../../api/credential-kind.ts"
import type { FieldError } from "../../api/field-messages.ts"
import type { ImportAnswer, ListImportAnswer } from "../../api/import-lists.ts"
import type {
  Credential,
  CredentialInput,
  DeviceInput,
  DevicePatch,
  LinkInput,
  LinkPatch,
  Region,
  Site,
  SiteInput,
  TypedSecret,
} from "../../api/inventory.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError, invalid, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { hasSqlState } from "../../platform/postgres/db.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import { type Detail, differences, write } from "../audit/audit.ts"
import type { CredentialPatch, Secrets } from "../secrets/secrets.ts"
import type { OwnMachine } from "./destination.ts"
import {
  allowedOrThrow,
  createDestinationGuard,
  type DestinationGuard,
} from "./destination-guard.ts"
import { importDevices } from "./import.ts"
import { importLinks } from "./import-links.ts"
import { answerOf, runImport } from "./import-run.ts"
import { importSites } from "./import-sites.ts"
import type { Changer, InventoryChange, InventoryKind } from "./model.ts"
import { deviceColumns, linkColumns, siteColumns } from "./rows.ts"
import { createFailedAttempts } from "./secret-guard.ts"
import {
  credentialKind,
  deleteRow,
  exists,
  insertRow,
  insertTarget,
  linkOnPort,
  lockDevice,
  lockLink,
  lockRegion,
  lockSite,
  readRegions,
  readSites,
  updateRow,
} from "./store.ts"

export type { OwnMachine } from "./destination.ts"
export { addInterfaces, recordFacts, recordReports } from "./facts.ts"
export type {
  Changer,
  DeviceFacts,
  InventoryChange,
  InventoryKind,
  Recorded,
  RenamedInterface,
} from "./model.ts"
export { checkSecretUse, type SecretField, usesOf } from "./secret-use.ts"

type Partly<T> = { readonly [K in keyof T]?: T[K] | undefined }
type Id = { readonly id: string }

export type Inventory = {
  /** Emits after commit. Agents and ingest also announce here what they change. */
  readonly changes: Signal<InventoryChange>
  readonly regions: (org: OrgId) => Promise<Region[]>
  readonly sites: (org: OrgId) => Promise<Site[]>
  readonly credentials: (org: OrgId) => Promise<readonly Credential[]>
  readonly createRegion: (actor: Actor, input: { readonly name: string }) => Promise<Id>
  readonly changeRegion: (actor: Actor, id: string, input: { readonly name: string }) => Promise<Id>
  readonly removeRegion: (actor: Actor, id: string) => Promise<void>
  readonly createSite: (actor: Actor, input: SiteInput) => Promise<Id>
  readonly changeSite: (actor: Actor, id: string, patch: Partly<SiteInput>) => Promise<Id>
  readonly removeSite: (actor: Actor, id: string) => Promise<void>
  /**
   * `typed`: secrets of the credential, typed again by an actor without the permission to send them
   * anywhere.
   */
  readonly createDevice: (
    actor: Actor,
    input: DeviceInput,
    typed?: TypedSecret | null,
  ) => Promise<Id>
  readonly changeDevice: (
    by: Changer,
    id: string,
    patch: DevicePatch,
    typed?: TypedSecret | null,
  ) => Promise<Id>
  readonly removeDevice: (actor: Actor, id: string) => Promise<void>
  readonly createLink: (actor: Actor, input: LinkInput) => Promise<Id>
  readonly changeLink: (actor: Actor, id: string, patch: LinkPatch) => Promise<Id>
  readonly removeLink: (actor: Actor, id: string) => Promise<void>
  readonly createCredential: (actor: Actor, input: CredentialInput) => Promise<Id>
  readonly changeCredential: (actor: Actor, id: string, patch: CredentialPatch) => Promise<Id>
  readonly removeCredential: (actor: Actor, id: string) => Promise<void>
  /** `agentId`: for devices that have no agent, name none and do not report by themselves. */
  readonly importCsv: (
    actor: Actor,
    csv: string,
    dryRun: boolean,
    agentId?: string | null,
  ) => Promise<ImportAnswer>
  readonly importList: (
    actor: Actor,
    what: "site" | "link",
    csv: string,
    dryRun: boolean,
  ) => Promise<ListImportAnswer>
}

type Deps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly onError: (error: unknown) => void
  /** Where the appliance runs. By default, no secret is sent to a loopback address. */
  readonly machine?: OwnMachine
  readonly steady?: () => number
}
type Done = { readonly id: string; readonly detail: Detail }

const NO_MACHINE: OwnMachine = { allowLoopback: false, ownAddresses: () => [] }

/** Agents and collectors are changed by their own module, interfaces by nobody. */
type ChangedKind = Exclude<InventoryKind, "interface" | "agent" | "collector">
type Removable = "region" | "site" | "device" | "link"
/** What all kinds of changes need. */
type Changes = {
  /** Runs `work` and writes its audit row in one transaction, then announces the change. */
  readonly change: (
    actor: Changer,
    what: ChangedKind,
    verb: "created" | "changed" | "removed",
    work: (tx: Tx, org: OrgId) => Promise<Done>,
  ) => Promise<Id>
  readonly remove: (actor: Actor, what: Removable, id: string) => Promise<void>
  readonly guard: DestinationGuard
  readonly secrets: Secrets
}

const regionAndSiteChanges = ({
  change,
  remove,
}: Changes): Pick<
  Inventory,
  "createRegion" | "changeRegion" | "removeRegion" | "createSite" | "changeSite" | "removeSite"
> => ({
  createRegion: (actor, input) =>
    change(actor, "region", "created", async (tx, org) => ({
      id: await insertRow(tx, org, "region", { name: input.name }),
      detail: input,
    })),
  changeRegion: (actor, id, input) =>
    change(actor, "region", "changed", async (tx, org) => {
      const was = await lockRegion(tx, org, id)
      if (was === undefined) throw notFound("region", id)
      await updateRow(tx, org, "region", id, { name: input.name })
      return { id, detail: differences(was, input) }
    }),
  removeRegion: (actor, id) => remove(actor, "region", id),

  createSite: (actor, input) =>
    change(actor, "site", "created", async (tx, org) => {
      await requireExisting(tx, org, [["region", "regionId", input.regionId]])
      return { id: await insertRow(tx, org, "site", siteColumns(input)), detail: input }
    }),
  changeSite: (actor, id, patch) =>
    change(actor, "site", "changed", async (tx, org) => {
      const was = await lockSite(tx, org, id)
      if (was === undefined) throw notFound("site", id)
      await requireExisting(tx, org, [["region", "regionId", patch.regionId]])
      const now = { ...was, ...definedFields(patch) }
      await updateRow(tx, org, "site", id, siteColumns(now))
      return { id, detail: differences(was, now) }
    }),
  removeSite: (actor, id) => remove(actor, "site", id),
})

const deviceChanges = ({
  change,
  remove,
  guard,
}: Changes): Pick<Inventory, "createDevice" | "changeDevice" | "removeDevice"> => ({
  createDevice: (actor, input, typed = null) =>
    change(actor, "device", "created", async (tx, org) => {
      await requireReferences(tx, org, input)
      const secretUse = allowedOrThrow(await guard(tx, actor, { was: null, now: input, typed }))
      const id = await insertRow(tx, org, "device", deviceColumns(input))
      await insertTarget(tx, org, id)
      return { id, detail: { ...input, ...secretUse } }
    }),
  changeDevice: (actor, id, patch, typed = null) =>
    change(actor, "device", "changed", async (tx, org) => {
      const was = await lockDevice(tx, org, id)
      if (was === undefined) throw notFound("device", id)
      await requireReferences(tx, org, patch)
      const now = { ...was, ...definedFields(patch) }
      const secretUse = allowedOrThrow(await guard(tx, actor, { was, now, typed }))
      await updateRow(tx, org, "device", id, deviceColumns(now, was))
      return { id, detail: { ...differences(was, now), ...secretUse } }
    }),
  removeDevice: (actor, id) => remove(actor, "device", id),
})

const linkChanges = ({
  change,
  remove,
}: Changes): Pick<Inventory, "createLink" | "changeLink" | "removeLink"> => ({
  createLink: (actor, input) =>
    change(actor, "link", "created", async (tx, org) => {
      await checkEnds(tx, org, input, null)
      return { id: await insertRow(tx, org, "link", linkColumns(input)), detail: input }
    }),
  changeLink: (actor, id, patch) =>
    change(actor, "link", "changed", async (tx, org) => {
      const was = await lockLink(tx, org, id)
      if (was === undefined) throw notFound("link", id)
      const now = { ...was, ...definedFields(patch) }
      await checkEnds(tx, org, now, id)
      await updateRow(tx, org, "link", id, linkColumns(now))
      return { id, detail: differences(was, now) }
    }),
  removeLink: (actor, id) => remove(actor, "link", id),
})

const credentialChanges = ({
  change,
  secrets,
}: Changes): Pick<Inventory, "createCredential" | "changeCredential" | "removeCredential"> => ({
  createCredential: (actor, input) =>
    change(actor, "credential", "created", async (tx, org) => {
      const { id, change } = await secrets.create(tx, org, input)
      return { id, detail: change }
    }),
  changeCredential: (actor, id, patch) =>
    change(actor, "credential", "changed", async (tx, org) => {
      const { before, after } = await secrets.change(tx, org, id, patch)
      return { id, detail: differences(before, after) }
    }),
  removeCredential: async (actor, id) => {
    await change(actor, "credential", "removed", async (tx, org) => {
      const used =
        (await secrets.list(tx, org)).find((credential) => credential.id === id)?.usedBy ?? 0
      if (used > 0) {
        throw new HttpError(409, "in-use", {
          code: "problem.credential-in-use",
          params: { devices: used },
        })
      }
      return { id, detail: { name: await secrets.remove(tx, org, id) } }
    })
  },
})

export const createInventory = ({
  db,
  secrets,
  onError,
  machine = NO_MACHINE,
  steady = () => performance.now(),
}: Deps): Inventory => {
  const changes = createSignal<InventoryChange>(onError)
  const guard = createDestinationGuard({ machine, secrets, attempts: createFailedAttempts(steady) })

  const change = async (
    actor: Changer,
    what: ChangedKind,
    verb: "created" | "changed" | "removed",
    work: (tx: Tx, org: OrgId) => Promise<Done>,
  ): Promise<Id> => {
    const { org } = actor
    try {
      const { id } = await db.asOrg(org, async (tx) => {
        const done = await work(tx, org)
        await write(tx, actor, `${what}.${verb}`, what, done.id, done.detail)
        return done
      })
      changes.emit({ org, what, id })
      return { id }
    } catch (error) {
      throw nameTakenError(error, what)
    }
  }

  const remove = async (actor: Actor, what: Removable, id: string): Promise<void> => {
    await change(actor, what, "removed", async (tx, org) => {
      const name = await deleteRow(tx, org, what, id)
      if (name === undefined) throw notFound(what, id)
      return { id, detail: { name } }
    })
  }

  const work: Changes = { change, remove, guard, secrets }
  return {
    changes,
    regions: (org) => db.asOrg(org, (tx) => readRegions(tx, org)),
    sites: (org) => db.asOrg(org, (tx) => readSites(tx, org)),
    credentials: (org) => db.asOrg(org, (tx) => secrets.list(tx, org)),

    ...regionAndSiteChanges(work),
    ...deviceChanges(work),
    ...linkChanges(work),
    ...credentialChanges(work),
    importCsv: async (actor, csv, dryRun, agentId = null) => {
      if (agentId !== null)
        await db.asOrg(actor.org, (tx) =>
          requireExisting(tx, actor.org, [["agent", "agentId", agentId]]),
        )
      const { answer, touched } = await importDevices(db, guard, { actor, csv, dryRun, agentId })
      for (const { what, id } of touched) changes.emit({ org: actor.org, what, id })
      return answer
    },
    importList: async (actor, what, csv, dryRun) => {
      const store = what === "site" ? importSites : importLinks
      const outcome = await runImport(db, actor.org, dryRun, (tx) => store(tx, actor, csv))
      if (!dryRun)
        for (const id of [...outcome.created, ...outcome.updated])
          changes.emit({ org: actor.org, what, id })
      return answerOf(outcome)
    },
  }
}

/** A patch without its undefined fields. Null stays, because it clears a field. */
const definedFields = <T extends object>(patch: T): DefinedFields<T> => {
  const isDefined = (entries: object): entries is DefinedFields<T> =>
    Object.values(entries).every((value) => value !== undefined)
  const defined = Object.fromEntries(
    Object.entries(patch).filter(([, value]) => value !== undefined),
  )
  if (!isDefined(defined)) throw new TypeError("a value left out was kept")
  return defined
}
type DefinedFields<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

type Reference = readonly [
  what: "region" | "site" | "device" | "agent" | "credential",
  path: string,
  id: string | null | undefined,
]
const requireExisting = async (
  tx: Tx,
  org: OrgId,
  references: readonly Reference[],
): Promise<void> => {
  const errors: FieldError[] = []
  for (const [what, path, id] of references) {
    if (id !== null && id !== undefined && !(await exists(tx, org, what, id))) {
      errors.push({ path, code: "field.not-found", params: { what } })
    }
  }
  if (errors.length > 0) throw invalid(errors)
}
const requireReferences = async (tx: Tx, org: OrgId, device: DevicePatch): Promise<void> => {
  await requireExisting(tx, org, [
    ["site", "siteId", device.siteId],
    ["agent", "agentId", device.agentId],
    ["credential", "credentialId", device.credentialId],
    ["credential", "diagnosticsCredentialId", device.diagnosticsCredentialId],
    ...(device.fallbackAgentIds ?? []).map(
      (id, at) => ["agent", `fallbackAgentIds.${at}`, id] as const,
    ),
  ])
  await requireKind(tx, org, device.credentialId, "monitor_readonly")
  await requireKind(tx, org, device.diagnosticsCredentialId, "diagnostics")
}
/** An account that may do more is never used for polling. */
const requireKind = async (
  tx: Tx,
  org: OrgId,
  id: string | null | undefined,
  kind: CredentialKind,
): Promise<void> => {
  if (id == null || (await credentialKind(tx, org, id)) === kind) return
  throw new HttpError(422, "credential-kind", { code: "problem.credential-kind", params: {} })
}

const checkEnds = async (
  tx: Tx,
  org: OrgId,
  { a, b }: Pick<LinkInput, "a" | "b">,
  except: string | null,
): Promise<void> => {
  await requireExisting(tx, org, [
    ["device", "a.deviceId", a.deviceId],
    ["device", "b.deviceId", b.deviceId],
  ])
  if (a.deviceId === b.deviceId)
    throw invalid([{ path: "b.deviceId", code: "field.same-device", params: {} }])
  for (const [path, end] of [
    ["a.interface", a],
    ["b.interface", b],
  ] as const) {
    if (
      end.interface !== null &&
      (await linkOnPort(tx, org, end.deviceId, end.interface, except)) !== null
    ) {
      throw new HttpError(
        409,
        "port-taken",
        { code: "problem.interface-linked", params: {} },
        {
          fields: [{ path, code: "field.interface-linked", params: { interface: end.interface } }],
        },
      )
    }
  }
}

/**
 * Two concurrent changes may both find a name free. The unique constraint decides, and its error
 * becomes that of the field.
 */
const nameTakenError = (error: unknown, what: InventoryKind): unknown =>
  hasSqlState(error, "23505") && error.constraint?.endsWith("_org_id_name_key") === true
    ? new HttpError(
        409,
        "name-taken",
        { code: "problem.name-taken", params: { what } },
        {
          fields: [{ path: "name", code: "field.taken", params: {} }],
          cause: error,
        },
      )
    : error
