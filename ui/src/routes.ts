/** Every page, one table, the first that fits wins: its address, its name, what it needs, and the code that is loaded when it is opened. */
import type { Permission } from "@ispvm/appliance/api/shared"
import type { IconName } from "./parts/icons.ts"
import { paths } from "./paths.ts"
import { t } from "./strings/strings.ts"

export type PageRoute = {
  readonly path: string
  readonly title: string
  readonly tag: string
  readonly permission: Permission
  readonly load: () => Promise<unknown>
  /** Pages of the rail: their icon, and the letter that follows `g`. */
  readonly rail?: { readonly icon: IconName; readonly key: string }
}

export const ROUTES: readonly PageRoute[] = [
  {
    path: paths.overview,
    title: t.frame.overview,
    tag: "ispvm-page-overview",
    permission: "inventory:read",
    load: () => import("./pages/overview/ispvm-page-overview.ts"),
    rail: { icon: "house", key: "o" },
  },
  {
    path: paths.map,
    title: t.frame.map,
    tag: "ispvm-page-map",
    permission: "inventory:read",
    load: () => import("./pages/map/ispvm-page-map.ts"),
    rail: { icon: "map", key: "m" },
  },
  {
    path: paths.graph,
    title: t.frame.graph,
    tag: "ispvm-page-graph",
    permission: "inventory:read",
    load: () => import("./pages/graph/ispvm-page-graph.ts"),
    rail: { icon: "workflow", key: "g" },
  },
  {
    path: paths.devices,
    title: t.frame.devices,
    tag: "ispvm-page-devices",
    permission: "inventory:read",
    load: () => import("./pages/devices/ispvm-page-devices.ts"),
    rail: { icon: "router", key: "d" },
  },
  {
    path: paths.incidents,
    title: t.frame.incidents,
    tag: "ispvm-page-incidents",
    permission: "incidents:read",
    load: () => import("./pages/incidents/ispvm-page-incidents.ts"),
    rail: { icon: "siren", key: "i" },
  },
  {
    path: `${paths.incidents}/:id`,
    title: t.frame.incidents,
    tag: "ispvm-page-incident",
    permission: "incidents:read",
    load: () => import("./pages/incident/ispvm-page-incident.ts"),
  },
  {
    path: paths.agents,
    title: t.frame.agents,
    tag: "ispvm-page-agents",
    permission: "agents:read",
    load: () => import("./pages/agents/ispvm-page-agents.ts"),
    rail: { icon: "bot", key: "a" },
  },
  {
    path: paths.settings,
    title: t.people.title,
    tag: "ispvm-page-settings",
    permission: "accounts:read",
    load: () => import("./pages/people/ispvm-page-settings.ts"),
    rail: { icon: "settings", key: "s" },
  },
  {
    path: paths.audit,
    title: t.audit.title,
    tag: "ispvm-page-audit",
    permission: "audit:read",
    load: () => import("./pages/audit/ispvm-page-audit.ts"),
  },
  {
    path: paths.deviceImport,
    title: t.pages.import.title,
    tag: "ispvm-page-import",
    permission: "inventory:write",
    load: () => import("./pages/import/ispvm-page-import.ts"),
  },
  {
    path: paths.deviceNew,
    title: t.access.title,
    tag: "ispvm-page-device-new",
    permission: "inventory:write",
    load: () => import("./pages/add-router/ispvm-page-device-new.ts"),
  },
  {
    path: `${paths.devices}/:id/connect`,
    title: t.companion.title,
    tag: "ispvm-page-connect",
    permission: "inventory:read",
    load: () => import("./pages/companion/ispvm-page-connect.ts"),
  },
  {
    path: `${paths.devices}/:id/interface`,
    title: t.links.interface,
    tag: "ispvm-page-interface",
    permission: "inventory:read",
    load: () => import("./pages/interface/ispvm-page-interface.ts"),
  },
  {
    path: `${paths.links}/:id`,
    title: t.links.link,
    tag: "ispvm-page-link",
    permission: "inventory:read",
    load: () => import("./pages/link/ispvm-page-link.ts"),
  },
  {
    path: `${paths.devices}/:id`,
    title: t.frame.devices,
    tag: "ispvm-page-device",
    permission: "inventory:read",
    load: () => import("./pages/device/ispvm-page-device.ts"),
  },
]

export const isPage = (path: string): boolean => ROUTES.some((route) => route.path === path)
