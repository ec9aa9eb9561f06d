import type { ApiTokenState } from "@ispvm/appliance/api/tokens"
import type { WallPage } from "@ispvm/appliance/api/wall-displays"

const states: Readonly<Record<Exclude<ApiTokenState, "active">, string>> = {
  expired: "Expired",
  revoked: "Revoked",
  blocked: "Account disabled",
}
const pages: Readonly<Record<WallPage, string>> = {
  overview: "Overview",
  map: "Map",
  incidents: "Incidents",
}

/** Wall displays: on the Settings page, and the screen itself. */
export const walls = {
  title: "Wall displays",
  lead: "A link for a screen that nobody logs in to. It shows the pages in turn, can only read, and names no person.",
  failed: "The wall displays could not be loaded",
  empty: "There are no wall displays.",
  add: "Add wall display",
  create: "Create link",
  name: "Name",
  nameHint: "Where the screen hangs",
  pagesLabel: "Pages",
  seconds: "Seconds per page",
  secondsOf: (seconds: number) => `${seconds} s`,
  expires: "Valid for",
  days: (days: number) => `${days} days`,
  madeHeading: (name: string) => `Link of ${name}`,
  madeText:
    "Open this link on the screen. It is shown only once: everybody who has it sees the network.",
  done: "Done",
  rotation: (shown: string, seconds: number) => `${shown} · ${seconds} s per page`,
  createdBy: (account: string) => `created by ${account}`,
  expiresAt: (time: string) => `valid until ${time}`,
  neverUsed: "never used",
  lastUsed: "last used",
  usedFrom: (address: string) => `from ${address}`,
  revoke: "Revoke",
  revokeWall: (name: string) => `Revoke ${name}`,
  revokeHeading: (name: string) => `Revoke ${name}?`,
  revokeText: "Every screen with this link goes dark within seconds. This cannot be undone.",
  wasRevoked: (name: string) => `${name} was revoked.`,
  states,
  pages,
  screen: {
    cannotOpen: "This wall display cannot be shown",
    noToken: "The link is incomplete: its part after # is missing. Copy the whole link.",
    soundOff: "Sound is off: click or press a key",
    soundOn: "Sound is on",
    maySleep: "The screen may go dark: this browser does not keep it on",
    noIncidents: "No open incidents",
    critical: (n: number) => (n === 1 ? "New critical incident" : `${n} new critical incidents`),
  },
} as const
