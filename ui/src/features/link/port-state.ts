/** The status of an interface, the same on every page. Pure. */
import type { Interface } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { t } from "../../i18n/strings/strings.ts"

const strings = t.pages.device.ports
const { reason } = t.links

export type PortState = {
  readonly status: Status
  readonly word: string
  readonly sentence: string
}

/** An interface without a link is idle. It needs attention only if a configured link ends on it. */
export const portState = ({
  disabled,
  running,
  linkId,
}: Pick<Interface, "disabled" | "running" | "linkId">): PortState => {
  if (disabled === true)
    return { status: "maintenance", word: strings.disabled, sentence: reason.disabled }
  if (running === null)
    return { status: "unknown", word: t.terms.status.unknown, sentence: reason.unknown }
  if (running) return { status: "ok", word: strings.running, sentence: reason.running }
  return linkId === null
    ? { status: "unknown", word: strings.notRunning, sentence: reason.noLink }
    : { status: "down", word: strings.down, sentence: reason.down }
}
