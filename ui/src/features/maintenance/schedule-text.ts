import type { MaintenanceWindow } from "@ispvm/appliance/api/maintenance"
import { duration } from "../../i18n/format/time.ts"
import { locale } from "../../i18n/locale.ts"
import { t } from "../../i18n/strings/strings.ts"
import { formOf } from "./form-body.ts"

const strings = t.maintenance
const weekday = new Intl.DateTimeFormat(locale.tag, { weekday: "long", timeZone: "UTC" })

/** When a window is on. A rule that is none of the form's choices is shown as it is. */
export const scheduleText = (window: MaintenanceWindow): string => {
  const { startsAt, minutes, zone } = window
  const begins = `${startsAt.replace("T", " ")} ${zone}`
  return `${begins}, ${duration(minutes * 60_000)}, ${repeatsText(window)}`
}

const repeatsText = (window: MaintenanceWindow): string => {
  const first = new Date(`${window.startsAt}:00Z`)
  const { repeat, own } = formOf(window)
  switch (repeat) {
    case "once":
      return strings.schedule.once
    case "daily":
      return strings.schedule.daily
    case "weekly":
      return strings.schedule.weekly(weekday.format(first))
    case "monthly":
      return strings.schedule.monthly(first.getUTCDate())
    case "own":
      return own
  }
}
