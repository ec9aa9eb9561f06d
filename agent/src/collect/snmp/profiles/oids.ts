/** Roots of the standard and vendor tables that profiles share. */
const E = "1.3.6.1.4.1"

/** The first one with rows is used; Cisco's own has more than the standard one of its devices. */
export const ENTITY_SENSOR_TABLES = [
  { vendor: `${E}.9.`, of: `${E}.9.9.91.1.1.1.1` },
  { vendor: "", of: "1.3.6.1.2.1.99.1.1.1" },
] as const
