/** Icons of events. Pure. */
import type { IconName } from "../components/icons.ts"
import { LOG_ICONS, LOG_LOSSES } from "./log-icon.ts"

const ICONS: Readonly<Record<string, IconName>> = {
  ...LOG_ICONS,
  "link-up": "cable",
  "link-down": "unplug",
  rebooted: "power",
  login: "log-in",
  "login-failed": "lock",
  "config-changed": "pencil",
  log: "file-text",
  "collect-works": "check",
  "collect-failed": "triangle-alert",
  "collect-ended": "minus",
  "agent-changed": "rotate-cw",
  "method-changed": "rotate-cw",
  "interface-renamed": "pencil",
  "peer-up": "workflow",
  "peer-down": "workflow",
  "sessions-changed": "users",
  "watch-up": "radar",
  "watch-down": "radar",
  "path-seen": "workflow",
  "path-changed": "workflow",
  "reported-in": "rss",
  "samples-dropped": "trash-2",
}
export const eventIcon = (name: string): IconName => ICONS[name] ?? "circle-dashed"

/** Distinguishes loss from recovery where both have one icon. */
const LOSS_EVENTS: ReadonlySet<string> = new Set([
  ...LOG_LOSSES,
  "link-down",
  "peer-down",
  "watch-down",
  "collect-failed",
  "login-failed",
])
export const isLoss = (name: string): boolean => LOSS_EVENTS.has(name)
