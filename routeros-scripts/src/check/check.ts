/**
 * What a router of a release would reject in a script: the answer of `:parse`, and an `add` without
 * a required argument. Only the first fault is reported, as on the router.
 */
import type { Release } from "./model.ts"
import { readExpression } from "./read-expression.ts"
import { readStatements } from "./read-statement.ts"
import { type Reader, type Rejection, RejectionError } from "./reader.ts"
import { compareReleases } from "./release.ts"
import type { Script } from "./syntax.ts"
import { bytesOf, type Place, placeOf } from "./text.ts"

export type { Release } from "./model.ts"
export { bytesOf, textOf } from "./text.ts"

export type Fault = Place & { readonly message: string }
export type CheckResult =
  | { readonly ok: true; readonly script: Script }
  | ({ readonly ok: false } & Fault)

const readerOf = (bytes: string, release: Release): Reader => ({
  bytes,
  grammar: { readStatements, readExpression },
  root: release.menus,
  continuesAfterParameters: compareReleases(release.name, "7.23rc1") >= 0,
  acceptsSlashes: compareReleases(release.name, "7.0alpha0") >= 0,
  deferred: [],
  adds: [],
  at: bytes.startsWith("\xef\xbb\xbf") ? 3 : 0,
  menu: release.menus,
  scope: { names: new Set(), outer: null },
  depth: 0,
})

const firstOf = (rejections: readonly Rejection[]): Rejection | undefined =>
  rejections.reduce<Rejection | undefined>(
    (first, each) => (first === undefined || each.at < first.at ? each : first),
    undefined,
  )

/** `add` commands that a router would reject when it runs them. */
const missingIn = (reader: Reader, release: Release): readonly Rejection[] =>
  reader.adds.flatMap(({ path, at, given }) => {
    const need = release.required.get(path)
    if (need === undefined || given.includes("copy-from")) return []
    const missing = need.names.filter((name) => !given.includes(name))
    if (missing.length === 0 || (need.isAnyEnough && missing.length < need.names.length)) return []
    return [
      {
        at,
        message: need.isAnyEnough
          ? need.message
          : `missing value(s) of argument(s) ${missing.join(" ")}`,
      },
    ]
  })

/** Reads a script, given as text or as the bytes of its file, as a router of that release does. */
export const checkScript = (source: string | Uint8Array, release: Release): CheckResult => {
  const bytes = bytesOf(source)
  const reader = readerOf(bytes, release)
  const rejected = (rejection: Rejection): CheckResult => ({
    ok: false,
    ...placeOf(bytes, rejection.at),
    message: rejection.message,
  })
  try {
    const statements = readStatements(reader, "")
    const first = firstOf(reader.deferred) ?? firstOf(missingIn(reader, release))
    if (first !== undefined) return rejected(first)
    return {
      ok: true,
      script: { kind: "script", statements, span: { start: 0, end: bytes.length } },
    }
  } catch (error) {
    if (error instanceof RejectionError) return rejected(error.rejection)
    throw error
  }
}
