/**
 * For tests of the companion: the real agent API and database, an inventory, and routers whose
 * hello is given by the test.
 */
import assert from "node:assert/strict"
import { CompanionInput } from "../src/api/companion.ts"
import { MethodsInput } from "../src/api/inventory.ts"
import type { RouterState } from "../src/flow/push/push.ts"
import { createCompanions, type KeyInvalidation } from "../src/operate/companion/companion.ts"
import { HttpError } from "../src/platform/http/http-error.ts"
import { createInventory } from "../src/registry/inventory/inventory.ts"
import { openRig } from "./agent-rig.ts"
import { makeDevice } from "./make.ts"

const PUSHED: RouterState = {
  lastPushAtMs: 5,
  lastAddress: "198.51.100.7",
  clockSkewMs: -1_500,
  accepted: 3,
  duplicates: 1,
  rejected: 0,
  lost: 0,
  lastRejection: null,
  hello: null,
  netwatch: [],
  heartbeatEveryS: null,
  lastHeartbeatAtMs: null,
}
export const makeDesired = (over: object = {}) =>
  CompanionInput.parse({
    release: "7.18.2",
    agentAddresses: ["192.0.2.9"],
    netwatch: [{ name: "gw", host: "192.0.2.1" }],
    ...over,
  })
export const keyIn = (text: string): string =>
  /ispvmr1\.[\w-]{16}\.[\w-]{43}/.exec(text)?.[0] ?? assert.fail("no key in the script")
/** The code of the rejection. */
export const rejectionOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => assert.fail("was not refused"),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof HttpError, String(error))
  return { status: error.status, code: error.code, fields: error.fields?.map(({ path }) => path) }
}

export const openCompanionRig = async () => {
  const rig = await openRig()
  const onError = assert.ifError
  const inventory = createInventory({ db: rig.dbs.ui, secrets: rig.secrets, onError })
  let hello: RouterState["hello"] = null
  const companions = createCompanions({
    dbs: rig.dbs,
    clock: rig.clock,
    secrets: rig.secrets,
    inventory,
    agents: rig.agents,
    authority: rig.authority,
    applianceHost: "noc.example.net",
    pushPort: () => 8445,
    certificateNames: () => ["noc.example.net", "localhost"],
    ownAddresses: () => ["192.0.2.250"],
    pushState: async () => (hello === null ? null : { ...PUSHED, hello }),
    onError,
  })
  const invalidations: KeyInvalidation[] = []
  companions.keysInvalidated.on((cut) => invalidations.push(cut))
  const newDevice = async (over: Parameters<typeof makeDevice>[0] = {}): Promise<string> =>
    (await inventory.createDevice(rig.actor, makeDevice(over))).id
  const deviceOf = async (id: string) => {
    const [row] = await rig.dbs.ui.asOrg(
      rig.org,
      (tx) =>
        tx`select credential_id as credential, methods from inventory.device where id = ${id}`,
    )
    return {
      credential: row?.credential as string | null,
      methods: MethodsInput.parse(row?.methods),
    }
  }
  return {
    rig,
    inventory,
    companions,
    invalidations,
    newDevice,
    deviceOf,
    /** A device with a stored desired configuration. */
    configuredDevice: async (
      over: object = {},
      device: Parameters<typeof makeDevice>[0] = {},
    ): Promise<string> => {
      const id = await newDevice(device)
      await companions.configure(rig.actor, id, makeDesired(over))
      return id
    },
    onboard: (id: string) => companions.script(rig.actor, id, "onboard"),
    /** The script has run on the router: its report. */
    report: async (id: string, over: Partial<NonNullable<RouterState["hello"]>> = {}) => {
      hello = {
        atMs: 1,
        version: "7.18.2 (stable)",
        done: ["api-account", "api-tls", "snmp"],
        failed: [],
        globals: null,
        ...over,
      }
      await companions.reported(rig.org, id)
      hello = null
      return await deviceOf(id)
    },
    close: async (): Promise<void> => {
      companions.stop()
      await rig.close()
    },
  }
}
export type CompanionRig = Awaited<ReturnType<typeof openCompanionRig>>
