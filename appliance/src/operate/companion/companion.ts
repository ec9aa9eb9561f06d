/**
 * The companion: routers that report themselves. Their desired configuration, the scripts generated
 * from it, their keys, and what was set up.
 *
 *   desired configuration ─▶ script (a new key, an account) ─▶ router ─▶ its hello
 *     ─▶ the device is polled with that account ─▶ verified
 */
import { networkInterfaces } from "node:os"
import type { Authority } from "@ispvm/pki"
import type { ScriptKind } from "@ispvm/routeros-scripts/companion"
import type {
  Companion,
  CompanionInput,
  CompanionScript,
  KeyRotation,
  ScriptLink,
  Verification,
} from "../../api/companion.ts"
import type { RouterState } from "../../flow/push/push.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, HttpError, notFound } from "../../platform/http/http-error.ts"
import { DeviceId, type OrgId } from "../../platform/ids.ts"
import type { Dbs, Tx } from "../../platform/postgres/db.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import type { Agents } from "../../registry/agents/agents.ts"
import { differences, write } from "../../registry/audit/audit.ts"
import {
  type Inventory,
  type InventoryChange,
  recordReports,
} from "../../registry/inventory/inventory.ts"
import type { Opened, Secrets } from "../../registry/secrets/secrets.ts"
import { adopt, fingerprintIn } from "./adopt.ts"
import { agentAddresses, type ScriptContext } from "./desired-config.ts"
import { placeOf } from "./generate.ts"
import { presentDesired, presentKey, presentPushes } from "./present.ts"
import { createRouterKeys, type IdentifiedRouter, type KeyInvalidation } from "./router-keys.ts"
import { createScripts, type RedeemedLink } from "./scripts.ts"
import {
  type DeviceRow,
  findDevice,
  forgetRouter,
  listKeys,
  lockDesiredConfig,
  readDesiredConfig,
  revokeKey,
  saveDesiredConfig,
  saveVerification,
} from "./store.ts"
import { verify } from "./verify.ts"

export type { IdentifiedRouter, KeyInvalidation } from "./router-keys.ts"
export type { RedeemedLink } from "./scripts.ts"

type Deps = {
  readonly dbs: Pick<Dbs, "ui" | "ingest">
  readonly clock: Clock
  readonly secrets: Secrets
  readonly inventory: Pick<Inventory, "changeDevice" | "changes">
  readonly agents: Pick<Agents, "one" | "read" | "addressOf">
  readonly authority: Pick<Authority, "rootPem" | "fingerprint">
  /** How routers reach the push API. */
  readonly applianceHost: string
  readonly pushPort: () => number
  /** The names in the certificate of the push API. */
  readonly certificateNames: () => readonly string[]
  readonly ownAddresses?: () => readonly string[]
  /** The last push of this router; null: none. */
  readonly pushState: (tx: Tx, org: OrgId, device: DeviceId) => Promise<RouterState | null>
  readonly onError: (error: unknown) => void
}

export type Companions = {
  readonly view: (org: OrgId, device: string) => Promise<Companion>
  readonly configure: (actor: Actor, device: string, input: CompanionInput) => Promise<Companion>
  readonly preview: (org: OrgId, device: string, input: CompanionInput) => Promise<CompanionScript>
  readonly script: (actor: Actor, device: string, kind: ScriptKind) => Promise<CompanionScript>
  readonly link: (actor: Actor, device: string, kind: ScriptKind) => Promise<ScriptLink>
  readonly rotate: (actor: Actor, device: string) => Promise<KeyRotation>
  readonly revoke: (actor: Actor, device: string, key: string) => Promise<void>
  readonly verify: (actor: Actor, device: string) => Promise<Verification>
  /** Its script was removed: all keys end, and it is not expected to report. */
  readonly forget: (actor: Actor, device: string) => Promise<void>

  /** For the push API. */
  readonly identify: (bearer: string) => Promise<IdentifiedRouter>
  /** A push with this key was accepted: with its first use, the older keys of the router end. */
  readonly used: (
    router: { readonly org: OrgId; readonly device: string; readonly key: string },
    atMs: number,
  ) => Promise<void>
  readonly redeemLink: (secret: string, address: string) => Promise<RedeemedLink>
  readonly keysInvalidated: Signal<KeyInvalidation>
  /**
   * The router's hello is stored: from now on its agent may poll it with the account of the script.
   */
  readonly reported: (org: OrgId, device: string) => Promise<void>
  readonly stop: () => void
}

const ourAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address)

export const createCompanions = (deps: Deps): Companions => {
  const { dbs, clock, inventory, onError } = deps
  const keysInvalidated = createSignal<KeyInvalidation>(onError)
  const loadContext = createContextLoader(deps)
  const changed = (org: OrgId, device: string, credential: string | null): void => {
    keysInvalidated.emit({ org, device, key: null })
    if (credential !== null) inventory.changes.emit({ org, what: "credential", id: credential })
  }
  const scripts = createScripts({
    ...{ db: dbs.ui, clock, secrets: deps.secrets, loadContext, changed },
    useForDiagnostics: async (by, device, diagnosticsCredentialId) => {
      await inventory.changeDevice(by, device, { diagnosticsCredentialId })
    },
  })
  const view = createView(deps, loadContext)
  const routerKeys = createRouterKeys({ db: dbs.ingest, clock, keysInvalidated })
  // A device that was removed or renamed: querying again is always correct.
  const stopListening = inventory.changes.on(({ org, what, id }: InventoryChange) => {
    if (what === "device") keysInvalidated.emit({ org, device: id, key: null })
  })
  return {
    view,
    configure: async (actor, id, input) => {
      await configure(deps, actor, id, input)
      return await view(actor.org, id)
    },
    preview: scripts.preview,
    script: scripts.script,
    link: scripts.link,
    rotate: scripts.rotate,
    revoke: async (actor, id, key) => {
      await dbs.ui.asOrg(actor.org, async (tx) => {
        if (!(await revokeKey(tx, actor.org, id, key, clock.now()))) throw notFound("key", key)
        await write(tx, actor, "companion.key-revoked", "device", id, { key })
      })
      keysInvalidated.emit({ org: actor.org, device: id, key })
    },
    verify: createVerify(deps, loadContext),
    forget: async (actor, id) => {
      const { org } = actor
      const isNews = await dbs.ui.asOrg(org, async (tx) => {
        if ((await findDevice(tx, org, id)) === null) throw notFound("device", id)
        await forgetRouter(tx, org, id, clock.now())
        await write(tx, actor, "companion.forgotten", "device", id, {})
        return await recordReports(tx, org, id, null)
      })
      keysInvalidated.emit({ org, device: id, key: null })
      if (isNews) inventory.changes.emit({ org, what: "device", id })
    },
    identify: routerKeys.identify,
    used: routerKeys.used,
    redeemLink: scripts.redeem,
    keysInvalidated,
    reported: (org, device) => handleHello(deps, org, device),
    stop: stopListening,
  }
}

const configure = async (
  { dbs, clock }: Deps,
  actor: Actor,
  id: string,
  input: CompanionInput,
): Promise<void> =>
  await dbs.ui.asOrg(actor.org, async (tx) => {
    if ((await findDevice(tx, actor.org, id)) === null) throw notFound("device", id)
    const was = await lockDesiredConfig(tx, actor.org, id)
    await saveDesiredConfig(tx, actor.org, id, input, clock.now())
    await write(tx, actor, "companion.wanted", "device", id, differences(was?.desired ?? {}, input))
  })

/** Its script has run: the device is polled with that account, and whether it reports is known. */
const handleHello = async (deps: Deps, org: OrgId, device: string): Promise<void> => {
  const { dbs, inventory } = deps
  const { hello, isNews } = await dbs.ui.asOrg(org, async (tx) => {
    const state = await deps.pushState(tx, org, DeviceId.parse(device))
    // The script that has just run may send no heartbeat; that none arrives is then no fault.
    const desired = (await readDesiredConfig(tx, org, device))?.desired ?? null
    const isQuiet =
      state?.hello != null && desired !== null && (!desired.push || desired.heartbeatS === 0)
    return {
      hello: state?.hello ?? null,
      isNews: isQuiet && (await recordReports(tx, org, device, null)),
    }
  })
  if (isNews) inventory.changes.emit({ org, what: "device", id: device })
  if (hello === null) return
  const { done, failed } = hello
  await adopt(
    { ...deps, db: dbs.ui },
    { system: "companion", org },
    device,
    { fingerprint: fingerprintIn(done), done, failed },
    deps.agents.read,
  )
}

type LoadContext = (org: OrgId, device: DeviceRow) => Promise<ScriptContext>
const createContextLoader =
  ({
    agents,
    authority,
    applianceHost,
    pushPort,
    certificateNames,
    ownAddresses = ourAddresses,
  }: Deps): LoadContext =>
  async (org, device) => {
    const agent =
      device.agentId === null ? null : await agents.one(org, device.agentId).catch(missing)
    return {
      device,
      authority: {
        pem: authority.rootPem,
        fingerprint: Buffer.from(authority.fingerprint, "base64url").toString("hex"),
      },
      agent:
        agent === null
          ? null
          : { name: agent.name, syslogPort: agent.syslogPort, address: agents.addressOf(agent.id) },
      ownAddresses: ownAddresses(),
      applianceHost,
      certificateNames: certificateNames(),
      pushPort: pushPort(),
    }
  }
/** An agent that was just removed does not count. */
const missing = (error: unknown): null => {
  if (error instanceof HttpError && error.status === 404) return null
  throw error
}

const createView =
  (deps: Deps, loadContext: LoadContext) =>
  async (org: OrgId, id: string): Promise<Companion> => {
    const db = deps.dbs.ui
    const place = await placeOf({ db, loadContext }, org, id)
    return await db.asOrg(org, async (tx) => {
      const row = await readDesiredConfig(tx, org, id)
      const keys = await listKeys(tx, org, id)
      const state = await deps.pushState(tx, org, DeviceId.parse(id))
      const nowMs = deps.clock.now()
      return {
        deviceId: id,
        ...presentDesired(row, place.device),
        keys: keys.map((key) => presentKey(key, nowMs)),
        suggested: {
          agentAddresses: [...agentAddresses(place.context)],
          applianceHost: place.context.applianceHost,
        },
        ...presentPushes(state),
      }
    })
  }

// ── verify ──

const createVerify =
  (deps: Deps, loadContext: LoadContext) =>
  async (actor: Actor, id: string): Promise<Verification> => {
    const { dbs, secrets, clock, agents } = deps
    const { org } = actor
    const place = await placeOf({ db: dbs.ui, loadContext }, org, id)
    const target = await dbs.ui.asOrg(org, async (tx) => {
      const row = await readDesiredConfig(tx, org, id)
      if (row === null || row.desired === null)
        throw conflict("no-desired-config", { code: "problem.no-desired-config", params: {} })
      const open = (credential: string | null): Promise<Opened | null> =>
        credential === null ? Promise.resolve(null) : secrets.open(tx, org, credential)
      const own = await open(row.credentialId)
      const present =
        row.credentialId === place.device.credentialId
          ? null
          : await open(place.device.credentialId)
      await write(tx, actor, "companion.verified", "device", id, {
        credentials: [row.credentialId, place.device.credentialId],
      })
      return { ...place, input: row.desired, keys: await listKeys(tx, org, id), own, present }
    })
    const { verification, isOwn } = await verify(agents.read, org, target, clock.now())
    await dbs.ui.asOrg(org, (tx) => saveVerification(tx, org, id, verification))
    // A router without push sends no hello: a working account is equivalent.
    const works = { fingerprint: null, done: null, failed: [] }
    if (isOwn) await adopt({ ...deps, db: dbs.ui }, { system: "companion", org }, id, works, null)
    return verification
  }
