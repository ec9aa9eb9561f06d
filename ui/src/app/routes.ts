/**
 * All pages. The first match wins. Each row has the path, title, required permission, and the code
 * to load.
 */
import type { Permission } from "@ispvm/appliance/api/shared"
import type { IconName } from "../components/icons.ts"
import { t } from "../i18n/strings/strings.ts"
import { paths } from "./paths.ts"

export type PageRoute = {
  readonly path: string
  readonly title: string
  readonly tag: string
  readonly permission: Permission
  readonly load: () => Promise<unknown>
  /** Pages in the sidebar: the icon, and the letter after `g`. */
  readonly sidebar?: { readonly icon: IconName; readonly key: string }
}

export const ROUTES: readonly PageRoute[] = [
  {
    path: paths.overview,
    title: t.shell.overview,
    tag: "ispvm-page-overview",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-overview.ts"),
    sidebar: { icon: "house", key: "o" },
  },
  {
    path: paths.map,
    title: t.shell.map,
    tag: "ispvm-page-map",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-map.ts"),
    sidebar: { icon: "map", key: "m" },
  },
  {
    path: paths.graph,
    title: t.shell.graph,
    tag: "ispvm-page-graph",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-graph.ts"),
    sidebar: { icon: "workflow", key: "g" },
  },
  {
    path: paths.devices,
    title: t.shell.devices,
    tag: "ispvm-page-devices",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-devices.ts"),
    sidebar: { icon: "router", key: "d" },
  },
  {
    path: paths.incidents,
    title: t.shell.incidents,
    tag: "ispvm-page-incidents",
    permission: "incidents:read",
    load: () => import("../pages/ispvm-page-incidents.ts"),
    sidebar: { icon: "siren", key: "i" },
  },
  {
    path: `${paths.incidents}/:id`,
    title: t.shell.incidents,
    tag: "ispvm-page-incident",
    permission: "incidents:read",
    load: () => import("../pages/ispvm-page-incident.ts"),
  },
  {
    path: paths.maintenance,
    title: t.maintenance.title,
    tag: "ispvm-page-maintenance",
    permission: "maintenance:read",
    load: () => import("../pages/ispvm-page-maintenance.ts"),
  },
  {
    path: paths.probes,
    title: t.probes.title,
    tag: "ispvm-page-probes",
    permission: "probes:read",
    load: () => import("../pages/ispvm-page-probes.ts"),
    sidebar: { icon: "radar", key: "p" },
  },
  {
    path: paths.handover,
    title: t.handover.title,
    tag: "ispvm-page-handover",
    permission: "incidents:read",
    load: () => import("../pages/ispvm-page-handover.ts"),
  },
  {
    path: paths.agents,
    title: t.shell.agents,
    tag: "ispvm-page-agents",
    permission: "agents:read",
    load: () => import("../pages/ispvm-page-agents.ts"),
    sidebar: { icon: "bot", key: "a" },
  },
  {
    path: `${paths.agents}/:id`,
    title: t.shell.agents,
    tag: "ispvm-page-agent",
    permission: "agents:read",
    load: () => import("../pages/ispvm-page-agent.ts"),
  },
  {
    path: paths.settings,
    title: t.people.title,
    tag: "ispvm-page-settings",
    permission: "accounts:read",
    load: () => import("../pages/ispvm-page-settings.ts"),
    sidebar: { icon: "settings", key: "s" },
  },
  {
    path: paths.alertRules,
    title: t.shell.alertRules,
    tag: "ispvm-page-alert-rules",
    permission: "rules:read",
    load: () => import("../pages/ispvm-page-alert-rules.ts"),
  },
  {
    path: `${paths.alertRules}/:id`,
    title: t.shell.alertRules,
    tag: "ispvm-page-alert-rule",
    permission: "rules:read",
    load: () => import("../pages/ispvm-page-alert-rule.ts"),
  },
  {
    path: paths.audit,
    title: t.shell.audit,
    tag: "ispvm-page-audit",
    permission: "audit:read",
    load: () => import("../pages/ispvm-page-audit.ts"),
  },
  {
    path: paths.notifications,
    title: t.notifications.title,
    tag: "ispvm-page-notifications",
    permission: "notifications:read",
    load: () => import("../pages/ispvm-page-notifications.ts"),
  },
  {
    path: paths.health,
    title: t.health.title,
    tag: "ispvm-page-health",
    permission: "live:read",
    load: () => import("../pages/ispvm-page-health.ts"),
  },
  {
    path: paths.runbook(":id"),
    title: t.health.runbook,
    tag: "ispvm-page-runbook",
    permission: "live:read",
    load: () => import("../pages/ispvm-page-runbook.ts"),
  },
  {
    path: paths.discovery,
    title: t.pages.discovery.title,
    tag: "ispvm-page-discovery",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-discovery.ts"),
  },
  {
    path: paths.deviceImport,
    title: t.pages.import.title,
    tag: "ispvm-page-import",
    permission: "inventory:write",
    load: () => import("../pages/ispvm-page-import.ts"),
  },
  {
    path: paths.deviceNew,
    title: t.access.title,
    tag: "ispvm-page-device-new",
    permission: "inventory:write",
    load: () => import("../pages/ispvm-page-device-new.ts"),
  },
  {
    path: `${paths.devices}/:id/connect`,
    title: t.shell.connectByScript,
    tag: "ispvm-page-connect",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-connect.ts"),
  },
  {
    path: `${paths.devices}/:id/interface`,
    title: t.links.interface,
    tag: "ispvm-page-interface",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-interface.ts"),
  },
  {
    path: `${paths.links}/:id`,
    title: t.links.link,
    tag: "ispvm-page-link",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-link.ts"),
  },
  {
    path: `${paths.devices}/:id`,
    title: t.shell.devices,
    tag: "ispvm-page-device",
    permission: "inventory:read",
    load: () => import("../pages/ispvm-page-device.ts"),
  },
]

export const isPage = (path: string): boolean => ROUTES.some((route) => route.path === path)
