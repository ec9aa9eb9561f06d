/** Certificates that a device or a probed service has. */
import { defineFamily } from "./family.ts"
import { gauge } from "./field.ts"

export const certificate = defineFamily({
  name: "certificate",
  title: "Certificates",
  description: "Days until each certificate expires",
  key: { by: "name", field: "certificate", maxNames: { agent: 200, router: 16 } },
  fields: {
    daysLeft: gauge("certificate.days_left", "days", "days until it expires", {
      isSigned: true,
      combine: "last",
    }),
  },
  charts: [],
  polledBy: { "routeros-api": 3_600_000 },
})
