/** Settings that a router has once, scripts, groups, services, hardware and the list of changes. */

import { COMMENT, IS_DISABLED, IS_INVALID, kindOf, NAME } from "./kinds.ts"
import {
  type Answers,
  computed,
  date,
  integer,
  joined,
  type Menu,
  type MenuCollector,
  type Parts,
  text,
} from "./menu.ts"
import { SETTINGS } from "./settings.ts"

/** A row for each property that is present. */
const readSettings = (answers: Answers): Parts => ({
  tables: [
    {
      table: "settings",
      rows: SETTINGS.flatMap(([area, path, properties]) => {
        const [row] = answers(path)
        return properties.flatMap((name) => {
          const value = row?.get(name)
          if (value === undefined || value === "") return []
          return [{ key: `${area} ${name}`, values: { area, name, value } }]
        })
      }),
    },
  ],
})
export const settings: MenuCollector = {
  reads: "settings",
  deadlineMs: 60_000,
  menus: SETTINGS.map(([, path, also]) => ({ path, also })),
  derive: readSettings,
}

const script = kindOf("scripts", "kind", {
  name: NAME,
  owner: text("owner"),
  policy: text("policy"),
  runs: integer("run-count"),
  isInvalid: IS_INVALID,
  isDisabled: IS_DISABLED,
  comment: COMMENT,
})
/** Their text may hold passwords and is not requested. */
export const scripts: MenuCollector = {
  reads: "scripts",
  menus: [
    script({ path: "/system/script", kind: "script", key: [NAME], columns: {} }),
    script({
      path: "/system/scheduler",
      kind: "schedule",
      key: [NAME],
      columns: { interval: text("interval") },
    }),
  ],
}

const group = kindOf("user-groups", "kind", { comment: COMMENT })
export const userGroups: MenuCollector = {
  reads: "user-groups",
  menus: [
    group({
      path: "/user/group",
      kind: "group",
      key: [NAME],
      columns: { name: NAME, policy: text("policy") },
    }),
    group({
      path: "/user/ssh-keys",
      kind: "ssh key",
      key: [text("user"), text("key-owner", "info", ".id"), text("fingerprint", ".id")],
      columns: {
        name: text("user"),
        owner: text("key-owner", "info"),
        bits: integer("bits"),
        policy: text("key-type"),
      },
    }),
  ],
}

const service = kindOf("services", "kind", { isDisabled: IS_DISABLED, comment: COMMENT })
export const services: MenuCollector = {
  reads: "services",
  menus: [
    service({
      path: "/ip/service",
      kind: "service",
      key: [NAME, text("port"), text("remote", "address")],
      columns: {
        name: NAME,
        address: text("address"),
        port: text("port"),
        certificate: text("certificate"),
      },
    }),
    service({
      path: "/radius",
      kind: "radius",
      key: [text("address"), text("service"), text(".id")],
      columns: {
        name: text("service"),
        address: text("address"),
        port: text("authentication-port"),
        profile: text("protocol"),
      },
    }),
    service({
      path: "/system/logging/action",
      kind: "log target",
      key: [NAME],
      columns: { name: NAME, address: text("remote"), port: text("remote-port") },
    }),
    service({
      path: "/system/logging",
      kind: "log rule",
      key: [text("topics"), text("action"), text(".id")],
      columns: { name: text("topics"), profile: text("action") },
    }),
    service({
      path: "/interface/pppoe-server/server",
      kind: "pppoe",
      key: [text("service-name", "interface"), text("interface")],
      columns: {
        name: text("service-name"),
        address: text("interface"),
        profile: text("default-profile"),
      },
    }),
    service({
      path: "/interface/ovpn-server/server",
      kind: "openvpn",
      key: [text("name", "port")],
      columns: {
        name: NAME,
        port: text("port"),
        certificate: text("certificate"),
        profile: text("default-profile"),
      },
    }),
    service({
      path: "/ip/traffic-flow/target",
      kind: "flow target",
      key: [text("dst-address", "address"), text("port")],
      columns: {
        name: text("version"),
        address: text("dst-address", "address"),
        port: text("port"),
      },
    }),
    service({
      path: "/container",
      kind: "container",
      key: [text("name", "tag", ".id"), text("interface")],
      columns: { name: text("name", "tag"), address: text("interface"), profile: text("status") },
    }),
    // Names of communities are passwords: only who may use one is read.
    service({
      path: "/snmp/community",
      kind: "snmp",
      key: [text(".id")],
      columns: { address: text("addresses", "address"), profile: text("security") },
    }),
  ],
}

const hardware = kindOf("inventory", "kind", {
  vendor: text("vendor", "manufacturer"),
  serial: text("serial", "serial-number"),
})
const device = (path: string, kind: string): Menu =>
  hardware({
    path,
    kind,
    key: [text("device", "location", "name", ".id"), text("device-id", "name")],
    columns: {
      place: text("device", "location"),
      model: text("name"),
      type: text("category", "device"),
      revision: text("revision"),
    },
  })
const MODULE = {
  vendor: "sfp-vendor-name",
  model: "sfp-vendor-part-number",
  serial: "sfp-vendor-serial",
  revision: "sfp-vendor-revision",
  type: "sfp-type",
  size: "sfp-wavelength",
} as const
const MODEM = ["manufacturer", "model", "revision", "serial-number", "registration-status"]
export const inventory: MenuCollector = {
  reads: "inventory",
  deadlineMs: 30_000,
  menus: [
    {
      path: "/interface/ethernet",
      tables: [
        {
          table: "inventory",
          // Ports without a module are none.
          key: computed(["name", ...Object.values(MODULE)], (row) =>
            [MODULE.vendor, MODULE.model, MODULE.serial].some((each) => row.get(each))
              ? `module ${row.get("name") ?? ""}`
              : null,
          ),
          columns: {
            kind: computed([], () => "module"),
            place: NAME,
            ...Object.fromEntries(
              Object.entries(MODULE).map(([column, property]) => [column, text(property)]),
            ),
          },
        },
      ],
      monitor: { path: "/interface/ethernet/monitor", by: "name", also: Object.values(MODULE) },
    },
    hardware({
      path: "/interface/lte",
      kind: "modem",
      key: [NAME],
      columns: { place: NAME, model: text("model"), revision: text("revision") },
      monitor: { path: "/interface/lte/monitor", by: "name", also: MODEM },
    }),
    hardware({
      path: "/disk",
      kind: "disk",
      key: [text("slot", "name", "label")],
      columns: {
        place: text("slot", "name", "label"),
        model: text("model"),
        type: text("type", "fs"),
        size: text("size", "total"),
        revision: text("fw-version"),
      },
    }),
    device("/system/resource/pci", "pci"),
    device("/system/resource/usb", "usb"),
  ],
}

export const changes: MenuCollector = {
  reads: "changes",
  menus: [
    {
      path: "/system/history",
      atMost: 2_000,
      tables: [
        {
          table: "changes",
          key: joined(" ", text("time"), text("by"), text("action"), text(".id")),
          columns: {
            atMs: date("time"),
            user: text("by"),
            action: text("action"),
            policy: text("policy"),
          },
        },
      ],
    },
  ],
}
