/** Reads one section of a router's configuration, with its limits. */
import { CollectError } from "../../collector.ts"
import type { Row } from "../client/reply.ts"
import { parseFlag } from "../client/values.ts"
import { NOT_DYNAMIC } from "../menus/ports.ts"
import { countMenu, type MenuReader, permitted } from "../menus/read-menus.ts"
import { type Basis, type Fingerprint, propertiesOf, SectionHash } from "./fingerprint.ts"
import type { Section } from "./section.ts"

/** A longer section is read as far as this; its hash is of that part, and says so. */
export const SECTION_LIMITS = { rows: 20_000, bytes: 4 * 1024 * 1024 } as const

/** `cut`: longer than the limit. `skipped`: counted, and too long to be read at all. */
export type SectionState = "read" | "cut" | "skipped" | "forbidden" | "failed" | "not-reached"
export type SectionReading = {
  readonly state: SectionState
  readonly fingerprint: Fingerprint | null
}
const without = (state: SectionState): SectionReading => ({ state, fingerprint: null })

/** The answer ended because the section is longer than the limit. */
const CUT = Symbol("cut")

/** Rows that sessions and services of the router add are no configuration. */
const isStatic = (row: Row): boolean => !parseFlag(row.get("dynamic"))

const readRows = async (
  { connection, options }: MenuReader,
  section: Section,
  basis: Basis,
  limits: { readonly rows: number; readonly bytes: number },
): Promise<SectionReading> => {
  const hash = new SectionHash(section, basis)
  const cut = new AbortController()
  const onRow = (row: Row): void => {
    if (cut.signal.aborted || !isStatic(row)) return
    if (hash.rows >= limits.rows || hash.bytes >= limits.bytes) cut.abort(CUT)
    else hash.add(row)
  }
  const { signal } = options
  try {
    await connection.print(section.path, {
      ...options,
      signal: signal === undefined ? cut.signal : AbortSignal.any([signal, cut.signal]),
      onRow,
      proplist: [...propertiesOf(section, basis.withSecrets), "dynamic"],
      queries: NOT_DYNAMIC,
    })
  } catch (error) {
    if (!cut.signal.aborted) throw error
    return { state: "cut", fingerprint: hash.result() }
  }
  return { state: "read", fingerprint: hash.result() }
}

/** Null: this release does not have the menu. */
export const readSection = async (
  reader: MenuReader,
  section: Section,
  basis: Basis,
  limits: { readonly rows: number; readonly bytes: number } = SECTION_LIMITS,
): Promise<SectionReading | null> => {
  const { path, atMost } = section
  const { connection, known, options } = reader
  try {
    if (atMost !== null) {
      const count = await countMenu(reader, path)
      if (typeof count === "number" && count > atMost) return without("skipped")
    }
    const answer = await permitted(reader, path, () => readRows(reader, section, basis, limits))
    if (answer === "failed") return without("failed")
    if (answer !== "absent") return answer
    return known.missingMenus.has(path) ? null : without("forbidden")
  } catch (error) {
    // The router answers other commands: one section that it does not answer in time is not all.
    const goesOn = connection.isOpen && options.signal?.aborted !== true
    if (error instanceof CollectError && goesOn) return without("failed")
    throw error
  }
}
