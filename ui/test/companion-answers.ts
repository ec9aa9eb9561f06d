/**
 * API answers for self-reporting routers. Stores configurations, keys and commands, as the
 * appliance does.
 */
import type {
  Companion,
  CompanionInput,
  CompanionKey,
  CompanionScript,
  Verification,
} from "@ispvm/appliance/api/companion"
import { makeCompanion, makeScript, withSecrets } from "./make-companion.ts"
import { problem } from "./problem.ts"
import type { Answer } from "./server.ts"

export type CompanionWorld = {
  readonly companions: Map<string, Companion>
  /** The result of the next drift check. */
  verification: Verification | null
  /** The error of the preview, if any. */
  previewRejection: Answer | null
  linkLifetimeMs: number
  keysMade: number
  /** Remarks and test status of the generated scripts. */
  scripts: Partial<ReturnType<typeof makeScript>>
}
export const makeCompanionWorld = (): CompanionWorld => ({
  companions: new Map(),
  verification: null,
  previewRejection: null,
  linkLifetimeMs: 15 * 60_000,
  keysMade: 0,
  scripts: {},
})

/** A new key replaces the active one, which overlaps. */
const addKey = (world: CompanionWorld, was: Companion): CompanionKey => {
  world.keysMade += 1
  const key: CompanionKey = {
    id: `newkey0000000${String(world.keysMade).padStart(3, "0")}`,
    state: "active",
    createdAtMs: Date.now(),
    expiresAtMs: null,
    lastUsedAtMs: null,
  }
  const older = was.keys.map((each) =>
    each.state === "active"
      ? { ...each, state: "overlapping" as const, expiresAtMs: Date.now() + 86_400_000 }
      : each,
  )
  world.companions.set(was.deviceId, { ...was, keys: [key, ...older] })
  return key
}

export const answerCompanion = (
  world: CompanionWorld,
  method: string,
  path: readonly string[],
  body: unknown,
): Answer | null => {
  const [, kind, id = "", part, step, key = ""] = path
  if (kind === "companion" && id === "preview" && method === "POST") {
    const release: unknown = Reflect.get(Object(body), "release")
    return (
      world.previewRejection ?? {
        status: 200,
        body: makeScript({ ...(typeof release === "string" ? { release } : {}), ...world.scripts }),
      }
    )
  }
  if (kind !== "devices" || part !== "companion") return null
  const was =
    world.companions.get(id) ??
    makeCompanion({ deviceId: id, release: "7.20.4", releaseFrom: "router" })
  const set = (changes: Partial<Companion>): void =>
    void world.companions.set(id, { ...was, ...changes })
  switch (`${method} ${step ?? ""}`) {
    case "GET ":
      return { status: 200, body: was }
    case "DELETE ":
      set({
        desired: null,
        keys: was.keys.map((each) => ({ ...each, state: "revoked" as const })),
      })
      return { status: 204, body: undefined }
    case "PUT ":
      return saveDesired(world, was, body as CompanionInput)
    case "POST script":
      return scriptOf(world, was, Reflect.get(Object(body), "kind"))
    case "POST link":
      return { status: 200, body: linkOf(world) }
    case "POST keys":
      return {
        status: 201,
        body: { key: addKey(world, was), script: withSecrets(makeScript(world.scripts)) },
      }
    case "DELETE keys":
      set({ keys: was.keys.map((each) => (each.id === key ? revoked(each) : each)) })
      return { status: 204, body: undefined }
    case "POST verify": {
      const none = { atMs: Date.now(), ok: true, problem: null, drift: [] }
      const verification = world.verification ?? none
      set({ verification })
      return { status: 200, body: verification }
    }
    default:
      return null
  }
}

const revoked = (key: Companion["keys"][number]) => ({
  ...key,
  state: "revoked" as const,
  expiresAtMs: null,
})

const saveDesired = (world: CompanionWorld, was: Companion, desired: CompanionInput): Answer => {
  const { release } = desired
  const next = {
    ...was,
    desired,
    ...(release === null ? {} : { release, releaseFrom: "desired" as const }),
  }
  world.companions.set(was.deviceId, next)
  return { status: 200, body: next }
}

const scriptOf = (world: CompanionWorld, was: Companion, kind: CompanionScript["kind"]): Answer => {
  if (was.desired === null && kind !== "remove")
    return problem(
      409,
      "no-desired-config",
      "This router has no desired configuration. Save one first.",
    )
  const made = makeScript({ kind, ...world.scripts })
  if (kind !== "onboard") return { status: 200, body: { ...made, parts: made.parts.slice(0, 2) } }
  addKey(world, was)
  return { status: 200, body: withSecrets(made) }
}

const linkOf = (world: CompanionWorld) => ({
  url: "https://noc.example.net:8445/push/v1/script",
  command:
    ':do { /tool fetch url="https://noc.example.net:8445/push/v1/ca" check-certificate=no dst-path=ispvm-ca.crt; :if ([/file get ispvm-ca.crt contents] ~ "5d3f0a") do={ /certificate import file-name=ispvm-ca.crt passphrase="" }; /tool fetch url="https://noc.example.net:8445/push/v1/script" check-certificate=yes http-header-field="Authorization: Bearer one-time-7h2Kq" dst-path=ispvm.rsc; /import ispvm.rsc }',
  curl: "curl --cacert ispvm-ca.crt -H 'Authorization: Bearer one-time-7h2Kq' https://noc.example.net:8445/push/v1/script",
  expiresAtMs: Date.now() + world.linkLifetimeMs,
})
