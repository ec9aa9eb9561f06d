/**
 * API answers for self-reporting routers. Stores configurations, keys and commands, as the
 * appliance does.
 */
import type {
  Companion,
  CompanionInput,
  CompanionKey,
  Verification,
} from "@ispvm/appliance/api/companion"
import { makeCompanion, makeScript, withSecrets } from "./make-companion.ts"
import { problem } from "./network.ts"
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
  const [, kind, id = "", part, step, key] = path
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
  const requestedKind = Reflect.get(Object(body), "kind")
  switch (`${method} ${step ?? ""}`) {
    case "GET ":
      return { status: 200, body: was }
    case "DELETE ":
      world.companions.set(id, {
        ...was,
        desired: null,
        keys: was.keys.map((each) => ({ ...each, state: "revoked" as const })),
      })
      return { status: 204, body: undefined }
    case "PUT ": {
      const desired = body as CompanionInput
      const next = {
        ...was,
        desired,
        ...(desired.release === null
          ? {}
          : { release: desired.release, releaseFrom: "desired" as const }),
      }
      world.companions.set(id, next)
      return { status: 200, body: next }
    }
    case "POST script": {
      if (was.desired === null && requestedKind !== "remove")
        return problem(
          409,
          "no-desired-config",
          "This router has no desired configuration. Save one first.",
        )
      if (requestedKind === "onboard") addKey(world, was)
      const made = makeScript({ kind: requestedKind, ...world.scripts })
      return {
        status: 200,
        body:
          requestedKind === "onboard"
            ? withSecrets(made)
            : { ...made, parts: made.parts.slice(0, 2) },
      }
    }
    case "POST link":
      return {
        status: 200,
        body: {
          url: "https://noc.example.net:8445/push/v1/script",
          command:
            ':do { /tool fetch url="https://noc.example.net:8445/push/v1/ca" check-certificate=no dst-path=ispvm-ca.crt; :if ([/file get ispvm-ca.crt contents] ~ "5d3f0a") do={ /certificate import file-name=ispvm-ca.crt passphrase="" }; /tool fetch url="https://noc.example.net:8445/push/v1/script" check-certificate=yes http-header-field="Authorization: Bearer one-time-7h2Kq" dst-path=ispvm.rsc; /import ispvm.rsc }',
          curl: "curl --cacert ispvm-ca.crt -H 'Authorization: Bearer one-time-7h2Kq' https://noc.example.net:8445/push/v1/script",
          expiresAtMs: Date.now() + world.linkLifetimeMs,
        },
      }
    case "POST keys":
      return {
        status: 201,
        body: { key: addKey(world, was), script: withSecrets(makeScript(world.scripts)) },
      }
    case "DELETE keys":
      world.companions.set(id, {
        ...was,
        keys: was.keys.map((each) =>
          each.id === key ? { ...each, state: "revoked", expiresAtMs: null } : each,
        ),
      })
      return { status: 204, body: undefined }
    case "POST verify": {
      const verification = world.verification ?? {
        atMs: Date.now(),
        ok: true,
        problem: null,
        drift: [],
      }
      world.companions.set(id, { ...was, verification })
      return { status: 200, body: verification }
    }
    default:
      return null
  }
}
