import type { Deps } from "../deps.ts"
import { hasAddress } from "../format/address.ts"
import type { PaletteItem } from "../parts/ispvm-palette.ts"
import { paths } from "../paths.ts"
import { isPage, ROUTES } from "../routes.ts"
import { inState } from "../state/incidents.ts"
import { severityOf } from "../state/severity.ts"
import { t } from "../strings/strings.ts"

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
        kind: t.frame.incident,
        name: each.title,
        status: severityOf(each),
      }),
    ),
    ...ROUTES.flatMap((route): PaletteItem[] =>
      route.path.includes(":") || !deps.session.can(route.permission)
        ? []
        : [{ key: route.path, kind: t.frame.page, name: route.title, icon: route.rail?.icon ?? "arrow-right" }],
    ),
    ...[...devices.values()].map(
      (each): PaletteItem => ({
        key: paths.device(each.id),
        kind: t.frame.device,
        name: each.name,
        detail: [each.siteName, hasAddress(each.address) ? each.address : ""].filter(Boolean).join(" · "),
        status: each.status.status,
      }),
    ),
    ...[...links.values()].map(
      (each): PaletteItem => ({
        key: paths.link(each.id),
        kind: t.frame.link,
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
                kind: t.frame.interface,
                name: `${deviceName} ${name}`,
                detail: each.name,
                icon: "cable",
              },
            ],
      ),
    ),
    ...[...sites.values()].map(
      (each): PaletteItem => ({ key: paths.mapAt(each.id), kind: t.frame.site, name: each.name, icon: "map-pin" }),
    ),
    { key: "wall", kind: t.frame.action, name: t.frame.wall, icon: "monitor" },
    { key: "theme", kind: t.frame.action, name: t.frame.themeSwitch, icon: "sun" },
    { key: "keys", kind: t.frame.action, name: t.frame.keys, icon: "keyboard" },
    { key: "logout", kind: t.frame.action, name: t.frame.logout, icon: "log-out" },
  ]
}
