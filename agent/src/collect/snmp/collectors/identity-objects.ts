/** Objects that name a device of any vendor, and which vendors share the objects of another. */

/** Columns in which every row names the device; the first non-empty one is used. */
export type ColumnObjects = { readonly model: string; readonly version: string }

/** Devices with another vendor's number or none; airOS and airFiber share that of Frogfoot. */
export const OBJECTS_OF_ALIAS: ReadonlyMap<number, number> = new Map([
  [10002, 41112],
  [34592, 17409],
  [8072, 41112],
])

/**
 * LLDP-MED's inventory of the device itself: software, serial number, vendor, model. For any
 * vendor.
 */
const MED = "1.0.8802.1.1.2.1.5.4795.1.2"
export const LLDP_MED = {
  version: `${MED}.4.0`,
  serial: `${MED}.5.0`,
  vendor: `${MED}.6.0`,
  model: `${MED}.7.0`,
} as const

/** IEEE802dot11-MIB: product name and version of each radio; all that airOS has. */
export const DOT11: ColumnObjects = {
  model: "1.2.840.10036.3.1.2.1.3",
  version: "1.2.840.10036.3.1.2.1.4",
}
export const DOT11_VENDORS: ReadonlySet<number> = new Set([10002, 41112])

/** Vendors whose sysDescr is only the model. */
export const DESCR_IS_MODEL: ReadonlySet<number> = new Set([
  259, 890, 1271, 6141, 6321, 2281, 11_863, 31_926, 35_265, 37_950,
])

/** Of older Cisco devices, whose ENTITY-MIB is empty: OLD-CISCO-CHASSIS-MIB, CISCO-STACK-MIB. */
export const LAST_RESORT: ReadonlyMap<
  number,
  { readonly model: readonly string[]; readonly serial: readonly string[] }
> = new Map([
  [
    9,
    {
      model: ["1.3.6.1.4.1.9.5.1.2.16.0"],
      serial: ["1.3.6.1.4.1.9.5.1.2.19.0", "1.3.6.1.4.1.9.3.6.3.0"],
    },
  ],
])
