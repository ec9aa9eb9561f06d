/** A supply without interruption that is connected to the router: its monitor, as sensors. */
import type { SensorReading } from "../../collector.ts"
import type { CommandOptions, Connection } from "../client/connection.ts"
import type { Row } from "../client/reply.ts"
import type { ReadingOrigin } from "../client/rows.ts"
import type { RouterFeatures } from "../client/sessions.ts"
import { isMissingMenu, TrapError } from "../client/trap.ts"
import { parseDurationS, parseFlag } from "../client/values.ts"

/** Property, what it is called, and its unit where the text has none. */
const MEASURED = [
  ["battery-charge", "battery charge", "%"],
  ["battery-voltage", "battery voltage", "V"],
  ["line-voltage", "input voltage", "V"],
  ["output-voltage", "output voltage", "V"],
  ["load", "output load", "%"],
  ["temperature", "temperature", "C"],
] as const
/** A property that is set means a fault. */
const FAULTS = [
  ["on-battery", "on battery"],
  ["low-battery", "battery low"],
  ["replace-battery", "battery replacement"],
  ["overload", "overload"],
] as const

const PROPERTIES: readonly string[] = [
  ...MEASURED.map(([property]) => property),
  ...FAULTS.map(([property]) => property),
  "on-line",
  "runtime-left",
]

export const readUps = (name: string, row: Row, origin: ReadingOrigin): SensorReading[] => {
  const sensor = (what: string, value: string, unit: string): SensorReading => ({
    ...origin,
    kind: "sensor",
    sensor: `${name} ${what}`,
    value,
    unit,
  })
  const state = (what: string, isOk: boolean) => sensor(what, isOk ? "1" : "0", "state")
  const leftS = parseDurationS(row.get("runtime-left"))
  return [
    ...MEASURED.flatMap(([property, what, unit]) => {
      const value = row.get(property)
      return value === undefined || value === "" ? [] : [sensor(what, value, unit)]
    }),
    ...FAULTS.flatMap(([property, what]) =>
      row.has(property) ? [state(what, !parseFlag(row.get(property)))] : [],
    ),
    ...(row.has("on-line") ? [state("on line", parseFlag(row.get("on-line")))] : []),
    ...(leftS === null ? [] : [sensor("battery time left", String(leftS), "s")]),
  ]
}

const MENU = "/system/ups"

/**
 * The menu belongs to a package that few routers have: without it, it is not requested again. A
 * router that does not show it has health all the same.
 */
export const readSupplies = async (
  connection: Connection,
  known: RouterFeatures,
  options: CommandOptions,
  origin: ReadingOrigin,
): Promise<readonly SensorReading[]> => {
  if (known.missingMenus.has(MENU)) return []
  const readings: SensorReading[] = []
  try {
    for (const supply of await connection.print(MENU, {
      ...options,
      proplist: ["name", "disabled"],
    })) {
      const name = supply.get("name") ?? ""
      if (name === "" || parseFlag(supply.get("disabled"))) continue
      const words = [
        `${MENU}/monitor`,
        `=numbers=${name}`,
        "=once=",
        `=.proplist=${PROPERTIES.join(",")}`,
      ]
      const [row] = (await connection.run(words, options)).rows
      if (row !== undefined) readings.push(...readUps(name, row, origin))
    }
  } catch (error) {
    if (!(error instanceof TrapError)) throw error
    if (isMissingMenu(error)) known.missingMenus.add(MENU)
  }
  return readings
}
