/** How the interfaces of a device are set up: bonds, tunnels, ports of switches, radios. */
import { defineTable, flag, number, searched, text, time } from "./table.ts"

export const logicalInterfaces = defineTable({
  name: "logical-interfaces",
  title: "Logical interfaces",
  description: "Bridges, bonds, tunnels, PPP clients and other interfaces without a socket",
  key: "kind and name",
  columns: {
    name: searched("Name"),
    kind: text("Kind"),
    /** The interface below, or those that it consists of. */
    on: searched("On"),
    mode: text("Mode"),
    remoteAddress: searched("Remote address"),
    localAddress: text("Local address"),
    id: text("Id"),
    port: number("Port"),
    publicKey: searched("Public key"),
    user: searched("User", { isPersonal: true }),
    mac: searched("MAC address"),
    mtu: number("MTU"),
    sinceMs: time("Since"),
    isRunning: flag("Up"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const portSettings = defineTable({
  name: "port-settings",
  title: "Ports",
  description: "Settings of Ethernet ports, and of ports of switch chips and bridges",
  key: "kind and name of the port",
  columns: {
    name: searched("Name"),
    kind: text("Kind"),
    /** The switch chip or the bridge. */
    of: text("Of"),
    mac: searched("MAC address"),
    mtu: number("MTU"),
    speed: text("Speed"),
    mode: text("Mode"),
    vlanId: text("VLAN"),
    priority: text("Priority"),
    role: text("Role"),
    isRunning: flag("Up"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const radios = defineTable({
  name: "radios",
  title: "Radios",
  description: "Settings of radio interfaces of all drivers and of CAPsMAN",
  key: "driver and name",
  columns: {
    name: searched("Name"),
    driver: text("Driver"),
    mac: searched("MAC address"),
    ssid: searched("SSID"),
    mode: text("Mode"),
    band: text("Band"),
    frequency: text("Frequency"),
    width: text("Channel width"),
    country: text("Country"),
    master: text("Of"),
    configuration: text("Configuration"),
    isRunning: flag("Up"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const interfaceLists = defineTable({
  name: "interface-lists",
  title: "Interface lists",
  description: "Lists of interfaces that rules refer to, and their members",
  key: "list and interface",
  columns: {
    list: searched("List"),
    interface: searched("Interface"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const accessPoints = defineTable({
  name: "access-points",
  title: "Access points",
  description: "Access points that a CAPsMAN of this device manages",
  key: "name, or its address or MAC address",
  columns: {
    name: searched("Name"),
    address: searched("Address"),
    mac: searched("MAC address"),
    state: text("State"),
    board: text("Model"),
    serial: searched("Serial number"),
    version: text("Version"),
    radios: number("Radios"),
  },
})
