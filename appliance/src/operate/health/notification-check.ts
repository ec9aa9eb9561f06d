/** Whether notifications can be delivered at all. */
import type { CheckMessage } from "../../api/check-messages.ts"
import type { CheckResult, NotificationReading, Readings } from "./model.ts"

const NAMES_SHOWN = 3

const messageOf = ({ channels, failing }: NotificationReading, nowMs: number): CheckMessage => {
  if (channels === 0) return { code: "check.notifications-none", params: {} }
  if (failing.length === 0) return { code: "check.notifications-work", params: { channels } }
  const sinceMs = Math.min(...failing.map((one) => one.sinceMs))
  const names = failing.slice(0, NAMES_SHOWN).map(({ name }) => name)
  return {
    code: "check.notifications-failing",
    params: { failing: failing.length, channels, names, forMs: Math.max(0, nowMs - sinceMs) },
  }
}

/** Critical once nobody can be reached; an appliance without channels may be meant. */
export const checkNotifications = ({ notifications, nowMs }: Readings): CheckResult => {
  if (notifications === null)
    return { state: "unknown", value: null, message: { code: "check.no-data", params: {} } }
  const { channels, failing } = notifications
  const isNobody = channels > 0 && failing.length >= channels
  const isBad = channels === 0 || failing.length > 0
  return {
    state: isNobody ? "critical" : isBad ? "warning" : "ok",
    value: failing.length,
    message: messageOf(notifications, nowMs),
  }
}
