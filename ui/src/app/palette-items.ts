import type { Link } from "@ispvm/appliance/api/inventory"
import type { PaletteItem } from "../components/ispvm-palette.ts"
import { hasAddress } from "../i18n/format/address.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"
import { inState } from "../state/incidents.ts"
import { severityOf } from "../state/severity.ts"
import type { Deps } from "./deps.ts"
import { paths } from "./paths.ts"
import { ROUTES } from "./routes.ts"

/**
 * Palette entries: open incidents first, then pages, objects and actions. A key that is an address
 * navigates to it.
 */
export const paletteItems = (deps: Deps): readonly PaletteItem[] => [
  ...incidentItems(deps),
  ...pageItems(deps),
  ...deviceItems(deps),
  ...linkItems(deps),
  ...siteItems(deps),
  { key: "wall", kind: t.shell.action, name: t.shell.wall, icon: "monitor" },
  { key: "theme", kind: t.shell.action, name: t.shell.themeSwitch, icon: "sun" },
  { key: "keys", kind: t.shell.action, name: t.shell.keys, icon: "keyboard" },
  { key: "logout", kind: t.shell.action, name: t.shell.logout, icon: "log-out" },
]

const incidentItems = ({ incidents }: Deps): readonly PaletteItem[] =>
  [...inState(incidents.value, "open"), ...inState(incidents.value, "acknowledged")].map(
    (each) => ({
      key: paths.incident(each.id),
      kind: t.shell.incident,
      name: messageText(each.title),
      status: severityOf(each),
    }),
  )

const pageItems = ({ session }: Deps): readonly PaletteItem[] =>
  ROUTES.filter((route) => !route.path.includes(":") && session.can(route.permission)).map(
    (route) => ({
      key: route.path,
      kind: t.shell.page,
      name: route.title,
      icon: route.sidebar?.icon ?? "arrow-right",
    }),
  )

const deviceItems = ({ fleet }: Deps): readonly PaletteItem[] =>
  [...fleet.value.devices.values()].map((each) => ({
    key: paths.device(each.id),
    kind: t.shell.device,
    name: each.name,
    detail: [each.siteName, hasAddress(each.address) ? each.address : ""]
      .filter(Boolean)
      .join(" · "),
    status: each.status.status,
  }))

/** Links, then the interfaces at their ends. */
const linkItems = ({ fleet }: Deps): readonly PaletteItem[] => {
  const links = [...fleet.value.links.values()]
  return [
    ...links.map((each) => ({
      key: paths.link(each.id),
      kind: t.shell.link,
      name: each.name,
      detail: `${each.a.deviceName} – ${each.b.deviceName}`,
      status: each.status.status,
    })),
    ...links.flatMap((each) => [each.a, each.b].flatMap((end) => interfaceItem(end, each.name))),
  ]
}

const interfaceItem = (
  { deviceId, deviceName, interface: name }: Link["a"],
  detail: string,
): readonly PaletteItem[] =>
  name === null
    ? []
    : [
        {
          key: paths.interface(deviceId, name),
          kind: t.shell.interface,
          name: `${deviceName} ${name}`,
          detail,
          icon: "cable",
        },
      ]

const siteItems = ({ fleet }: Deps): readonly PaletteItem[] =>
  [...fleet.value.sites.values()].map((each) => ({
    key: paths.mapAt(each.id),
    kind: t.shell.site,
    name: each.name,
    icon: "map-pin",
  }))
