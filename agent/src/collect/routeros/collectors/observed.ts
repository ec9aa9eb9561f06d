/** What is known of a router besides its readings: menus that it lacks or forbids, and bytes. */
import type { DeviceId } from "@ispvm/wire"
import type { Observed } from "../../collector.ts"
import type { Sessions } from "../client/sessions.ts"
import { CONFIGURATION } from "../configuration/configuration.ts"
import { SECTIONS } from "../configuration/sections.ts"
import { MENU_COLLECTORS } from "../menus/menus.ts"

/** By what a collector reads: the menus that it requests if they exist. */
const MENUS_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ["health", ["/system/health"]],
  ["facts", ["/system/routerboard", "/interface/ethernet/monitor"]],
  ["cpu", ["/system/resource/cpu"]],
  [CONFIGURATION, SECTIONS.map(({ path }) => path)],
  ...MENU_COLLECTORS.map(
    ({ reads, menus, counts = {} }) =>
      [
        reads,
        [
          ...menus.flatMap(({ path, monitor }) => [path, ...(monitor ? [monitor.path] : [])]),
          ...Object.keys(counts),
        ],
      ] as const,
  ),
])
export const observedOf = (
  sessions: Sessions,
  device: DeviceId,
  reads: string,
  nowMs: number,
): Observed | null => {
  const known = sessions.known(device)
  if (known === null) return null
  const { missingMenus, forbiddenMenus } = known.features
  const menus = [...new Set(MENUS_OF.get(reads) ?? [])]
  return {
    receivedByte: known.receivedByte,
    missingMenus: menus.filter((menu) => missingMenus.has(menu)),
    forbiddenMenus: menus.filter((menu) => (forbiddenMenus.get(menu) ?? 0) > nowMs),
  }
}
