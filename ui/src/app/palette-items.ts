import type { PaletteItem } from "../components/ispvm-palette.ts"
import { hasAddress } from "../i18n/format/address.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { inState } from "../state/incidents.ts"
import { severityOf } from "../state/severity.ts"
import type { Deps } from "./deps.ts"
import { paths } from "./paths.ts"
import { isPage, ROUTES } from "./routes.ts"

/** What the palette can find: open incidents first, then pages, things and actions. A key that is an address is gone to. */
export const paletteItems = (deps: Deps): readonly PaletteItem[] => {
  const { devices, links, sites } = deps.fleet.value
  const incidents = isPage(`${paths.incidents}/:id`)
    ? [...inState(deps.incidents.value, "open"), ...inState(deps.incidents.value, "acknowledged")]
    : []
  return [
    ...incidents.map(
      (each): PaletteItem => ({
        key: paths.incident(each.id),
        kind: t.shell.incident,
        name: messageText(each.title),
        status: severityOf(each),
      }),
    ),
    ...ROUTES.flatMap((route): PaletteItem[] =>
      route.path.includes(":") || !deps.session.can(route.permission)
        ? []
        : [
            {
              key: route.path,
              kind: t.shell.page,
              name: route.title,
              icon: route.sidebar?.icon ?? "arrow-right",
            },
          ],
    ),
    ...[...devices.values()].map(
      (each): PaletteItem => ({
        key: paths.device(each.id),
        kind: t.shell.device,
        name: each.name,
        detail: [each.siteName, hasAddress(each.address) ? each.address : ""]
          .filter(Boolean)
          .join(" · "),
        status: each.status.status,
      }),
    ),
    ...[...links.values()].map(
      (each): PaletteItem => ({
        key: paths.link(each.id),
        kind: t.shell.link,
        name: each.name,
        detail: `${each.a.deviceName} – ${each.b.deviceName}`,
        status: each.status.status,
      }),
    ),
    ...[...links.values()].flatMap((each) =>
      [each.a, each.b].flatMap(({ deviceId, deviceName, interface: name }): PaletteItem[] =>
        name === null
          ? []
          : [
              {
                key: paths.interface(deviceId, name),
                kind: t.shell.interface,
                name: `${deviceName} ${name}`,
                detail: each.name,
                icon: "cable",
              },
            ],
      ),
    ),
    ...[...sites.values()].map(
      (each): PaletteItem => ({
        key: paths.mapAt(each.id),
        kind: t.shell.site,
        name: each.name,
        icon: "map-pin",
      }),
    ),
    { key: "wall", kind: t.shell.action, name: t.shell.wall, icon: "monitor" },
    { key: "theme", kind: t.shell.action, name: t.shell.themeSwitch, icon: "sun" },
    { key: "keys", kind: t.shell.action, name: t.shell.keys, icon: "keyboard" },
    { key: "logout", kind: t.shell.action, name: t.shell.logout, icon: "log-out" },
  ]
}
