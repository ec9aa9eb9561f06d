/** How a device is managed: settings, scripts, groups, services, hardware and changes. */
import { defineTable, flag, number, searched, text, time } from "./table.ts"

export const settings = defineTable({
  name: "settings",
  title: "Settings",
  description: "Settings that a device has once: DNS, NTP, licence, firmware, SNMP and others",
  key: "area and name",
  columns: {
    area: searched("Area"),
    name: searched("Name"),
    value: searched("Value"),
  },
})

export const scripts = defineTable({
  name: "scripts",
  title: "Scripts",
  description: "Scripts and schedules of a device, without their text",
  key: "kind and name",
  columns: {
    kind: text("Kind"),
    name: searched("Name"),
    owner: text("Owner"),
    policy: text("Policy"),
    interval: text("Interval"),
    runs: number("Runs", { tolerance: Number.POSITIVE_INFINITY }),
    isInvalid: flag("Invalid"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const userGroups = defineTable({
  name: "user-groups",
  title: "Groups and keys",
  description: "Groups of users with their rights, and public SSH keys of users",
  key: "kind and name",
  columns: {
    kind: text("Kind"),
    name: searched("Name"),
    policy: text("Policy"),
    /** Who generated the key, as its comment says. */
    owner: searched("Owner", { isPersonal: true }),
    bits: number("Bits"),
    comment: searched("Comment"),
  },
})

export const services = defineTable({
  name: "services",
  title: "Services",
  description: "Services that a device offers, its RADIUS servers and targets of its log",
  key: "kind and name or address",
  columns: {
    kind: text("Kind"),
    name: searched("Name"),
    address: searched("Address"),
    port: text("Port"),
    certificate: text("Certificate"),
    profile: text("Profile"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const inventory = defineTable({
  name: "inventory",
  title: "Hardware",
  description: "Optical modules, modems, disks, PCI and USB devices",
  key: "kind and place",
  columns: {
    kind: text("Kind"),
    place: searched("Place"),
    vendor: searched("Vendor"),
    model: searched("Model"),
    serial: searched("Serial number"),
    revision: text("Revision"),
    type: text("Type"),
    size: text("Size"),
  },
})

export const changes = defineTable({
  name: "changes",
  title: "Changes",
  description: "The device's own list of changes to its configuration",
  key: "time, who, and what was changed",
  columns: {
    atMs: time("Time"),
    user: searched("User"),
    action: searched("Change"),
    policy: text("Policy"),
  },
})

/** Hashes of the configuration, made by the agent: the configuration itself never leaves it. */
export const configuration = defineTable({
  name: "configuration",
  title: "Configuration",
  description: "Sections of the configuration, each as a keyed hash, without its content",
  key: "section, which is the path of its menu",
  columns: {
    section: searched("Section"),
    /** read, cut, skipped, forbidden, failed or not-reached. */
    state: text("State"),
    /** HMAC-SHA-256, hexadecimal. */
    hash: text("Hash"),
    /** Hashes with another basis were made another way, and cannot be compared. */
    basis: text("Basis"),
    /** The release of the router when it was read: another one shows the same settings otherwise. */
    version: text("Release"),
    rows: number("Rows"),
    /** hashed, not-shown (to this account) or not-requested (without TLS). */
    secrets: text("Secrets"),
    isOrdered: flag("Order counts"),
    readMs: time("Read", { tolerance: 600_000 }),
  },
})
