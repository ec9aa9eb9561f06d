/**
 * Vendor, model, version and serial number of a device: by table from sysObjectID, from vendor
 * objects, ENTITY-MIB, LLDP-MED and sysDescr, in order of reliability. What none of them contains
 * is null; a sentence is never a model.
 */

import type { QueryOptions, SnmpSession } from "../client/session.ts"
import { numberOf, textOf } from "../client/values.ts"
import { fromDescr, oneLine } from "./descr-patterns.ts"
import { type Chassis, readChassis } from "./entity.ts"
import {
  DESCR_IS_MODEL,
  DOT11,
  DOT11_VENDORS,
  LAST_RESORT,
  LLDP_MED,
  OBJECTS_OF_ALIAS,
} from "./identity-objects.ts"
import { MODEL_NUMBERS, modelByObjectId } from "./model-names.ts"
import { OBJECTS } from "./vendor-objects.ts"
import { enterpriseOf, REBRANDED, VENDOR_WORDS, VENDORS } from "./vendors.ts"

export type Identity = {
  readonly vendor: string | null
  readonly model: string | null
  readonly version: string | null
  readonly serial: string | null
}

/** Placeholders that devices write. */
const NOTHING = new Set([
  "n/a",
  "na",
  "none",
  "unknown",
  "null",
  "(null)",
  "not specified",
  "to be filled by o.e.m.",
  "0",
  "-",
])
const MAX_MODEL_CHARS = 64

const wordOf = (value: unknown): string | null => {
  const text = textOf(value)
  const line = text === null ? "" : oneLine(text)
  return line === "" || line.startsWith("<") || NOTHING.has(line.toLowerCase()) ? null : line
}

const modelOf = (value: unknown): string | null => {
  const word = wordOf(value)
  return word === null || word.length > MAX_MODEL_CHARS ? null : word
}

/**
 * `XC.qca955x.v8.5.1.37185` is board, chip and version; `VRP (R) software, Version 8.190(CN), …` is
 * a sentence.
 */
const versionOf = (value: unknown): string | null => {
  const word = wordOf(value)
  if (word === null) return null
  const sentence =
    fromDescr(word).version ?? /\bVersion (?<version>[^\s,]+)/.exec(word)?.groups?.version
  if (sentence !== undefined && sentence !== null) return sentence
  const dotted = /^[A-Z][A-Z\d]{1,5}\.\w{1,20}\.v(\d\S*)$/.exec(word)?.[1] ?? word
  return /^v\d/i.test(dotted) && !/^V\d+R\d/.test(dotted) ? dotted.slice(1) : dotted
}

/**
 * `Cisco C8500-20X6C Chassis`, `NE40E-M2K-B frame`: a description that consists of a model and a
 * word.
 */
const modelOfChassis = (chassis: Chassis | null, vendor: string | null): string | null => {
  if (chassis === null) return null
  const chassisModel = modelOf(chassis.model)
  if (chassisModel !== null) return chassisModel
  const words = (wordOf(chassis.descr) ?? "").split(" ")
  const last = words.at(-1)?.toLowerCase()
  if (last !== "chassis" && last !== "frame") return null
  const first = words[0]?.toLowerCase() === vendor?.toLowerCase() ? 1 : 0
  return words.slice(first, -1).join(" ") || null
}

const vendorOf = (enterprise: number | null, descr: string | null): string | null => {
  const word = VENDOR_WORDS.find(([each]) => descr?.includes(each))?.[1] ?? null
  if (enterprise === null || REBRANDED.has(enterprise))
    return word ?? (enterprise === null ? null : (VENDORS.get(enterprise) ?? null))
  return VENDORS.get(enterprise) ?? word
}

const readRadio = async (
  session: SnmpSession,
  options: QueryOptions,
): Promise<{ model: string | null; version: string | null }> => {
  const { model, version } = await session.columns(DOT11, { ...options, maxRows: 16 })
  const first = <T>(
    column: ReadonlyMap<string, unknown>,
    read: (value: unknown) => T | null,
  ): T | null => [...column.values()].map(read).find((each) => each !== null) ?? null
  return { model: first(model, modelOf), version: first(version, versionOf) }
}

export const readIdentity = async (
  session: SnmpSession,
  options: QueryOptions,
  objectId: string | null,
  descr: string | null,
): Promise<Identity> => {
  const enterprise = enterpriseOf(objectId)
  const objects = OBJECTS.get(OBJECTS_OF_ALIAS.get(enterprise ?? -1) ?? enterprise ?? -1) ?? {}
  const { model = [], version = [], serial = [], modelBy } = objects
  const last = LAST_RESORT.get(enterprise ?? -1) ?? { model: [], serial: [] }
  const modelNumber = MODEL_NUMBERS.get(enterprise ?? -1)
  const values = await session.get(
    [
      ...model,
      ...version,
      ...serial,
      ...last.model,
      ...last.serial,
      ...(modelBy?.slice(0, 1) ?? []),
      ...(modelNumber === undefined ? [] : [modelNumber.oid]),
      ...Object.values(LLDP_MED),
    ],
    options,
  )
  const first = <T>(oids: readonly string[], read: (value: unknown) => T | null): T | null =>
    oids.map((oid) => read(values.get(oid))).find((each) => each !== null) ?? null
  const descrFields = fromDescr(descr)
  const vendor = vendorOf(enterprise, descr)
  const own = {
    model: (await readModelBy(session, options, modelBy, values)) ?? first(model, modelOf),
    version: first(version, versionOf),
    serial: first(serial, wordOf),
  }
  const radio =
    DOT11_VENDORS.has(enterprise ?? -1) && own.model === null && descrFields.model === null
      ? await readRadio(session, options)
      : null
  const isKnown =
    (own.model ?? descrFields.model) !== null &&
    (own.version ?? descrFields.version) !== null &&
    own.serial !== null
  const chassis = isKnown || enterprise === MIKROTIK ? null : await readChassis(session, options)
  const descrModel = DESCR_IS_MODEL.has(enterprise ?? -1) ? modelOf(descr) : null
  return {
    vendor: vendor ?? wordOf(chassis?.vendor) ?? wordOf(values.get(LLDP_MED.vendor)),
    model:
      own.model ??
      modelOfChassis(chassis, vendor) ??
      radio?.model ??
      descrFields.model ??
      modelOf(values.get(LLDP_MED.model)) ??
      modelByObjectId(objectId?.replace(/^\./, "") ?? null) ??
      modelNumber?.names[numberOf(values.get(modelNumber.oid)) ?? -1] ??
      first(last.model, modelOf) ??
      descrModel,
    version:
      own.version ??
      descrFields.version ??
      radio?.version ??
      versionOf(chassis?.software) ??
      versionOf(values.get(LLDP_MED.version)),
    serial:
      own.serial ??
      wordOf(chassis?.serial) ??
      wordOf(values.get(LLDP_MED.serial)) ??
      first(last.serial, wordOf),
  }
}

const MIKROTIK = 14_988

const readModelBy = async (
  session: SnmpSession,
  options: QueryOptions,
  modelBy: readonly [string, string] | undefined,
  values: ReadonlyMap<string, unknown>,
): Promise<string | null> => {
  const type = modelBy === undefined ? undefined : values.get(modelBy[0])
  if (modelBy === undefined || typeof type !== "number") return null
  const name = `${modelBy[1]}.${type}`
  return modelOf((await session.get([name], options)).get(name))
}
