/** What runs on a device: packages, firmware and certificates. */
import { defineTable, flag, searched, text, time } from "./table.ts"

export const packages = defineTable({
  name: "packages",
  title: "Packages",
  description: "Installed packages, boot firmware, and the versions that are available",
  key: "name",
  columns: {
    name: searched("Name"),
    version: text("Version"),
    available: text("Available"),
    channel: text("Channel"),
    isDisabled: flag("Switched off"),
  },
})

export const certificates = defineTable({
  name: "certificates",
  title: "Certificates",
  description: "Certificates that are stored on a device",
  key: "name",
  columns: {
    name: searched("Name"),
    commonName: searched("Common name"),
    issuer: text("Issuer"),
    fingerprint: searched("Fingerprint"),
    expiresMs: time("Expires"),
    isAuthority: flag("Authority"),
    isTrusted: flag("Trusted"),
    isRevoked: flag("Revoked"),
    isExpired: flag("Expired"),
  },
})
