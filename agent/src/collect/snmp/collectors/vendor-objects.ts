/**
 * Where vendors keep model, software version and serial number: scalars, or the single row of a
 * table. By enterprise number.
 */
type Objects = {
  readonly model?: readonly string[]
  readonly version?: readonly string[]
  readonly serial?: readonly string[]
  /** The value at the first name is the row below the second name, which has the model. */
  readonly modelBy?: readonly [string, string]
}
/** Columns in which every row names the device; the first non-empty one is used. */
export type ColumnObjects = { readonly model: string; readonly version: string }

const E = "1.3.6.1.4.1"

export const OBJECTS: ReadonlyMap<number, Objects> = new Map([
  [161, { model: [`${E}.161.19.3.3.1.266.0`], serial: [`${E}.161.19.3.3.1.279.0`] }],
  [
    890,
    {
      model: [`${E}.890.1.15.3.1.11.0`],
      version: [`${E}.890.1.15.3.1.6.0`],
      serial: [`${E}.890.1.15.3.1.12.0`],
    },
  ],
  [2011, { model: [`${E}.2011.5.25.31.6.5.0`] }],
  [
    2544,
    { version: [`${E}.2544.1.12.3.1.3.1.10.1.1.1`], serial: [`${E}.2544.1.12.3.1.2.1.6.1.1`] },
  ],
  [2636, { serial: [`${E}.2636.3.1.3.0`] }],
  [3807, { version: [`${E}.3807.1.8012.2.1.4.0`] }],
  [3902, { serial: ["1.3.6.1.2.1.47.1.1.1.1.11.1"] }],
  [
    6321,
    {
      model: [`${E}.6321.1.2.5.4.2.0`],
      serial: [`${E}.6321.1.2.5.4.3.0`],
      version: [`${E}.6321.1.2.5.4.4.0`],
    },
  ],
  [
    6527,
    {
      // The chassis has hardware index 0x03000001.
      serial: [`${E}.6527.3.1.2.2.1.8.1.5.1.50331649`],
      modelBy: [`${E}.6527.3.1.2.2.1.3.1.4.1`, `${E}.6527.3.1.2.2.1.6.1.2`],
    },
  ],
  [1916, { version: [`${E}.1916.1.1.1.13.0`], serial: [`${E}.1916.1.1.1.16.0`] }],
  [6141, { version: [`${E}.6141.2.60.10.1.1.3.1.2.1`] }],
  [6296, { version: [`${E}.6296.9.1.1.1.3.0`] }],
  [
    8886,
    {
      version: [`${E}.8886.60.131.1.1.1.0`],
      serial: [`${E}.8886.60.131.1.1.4.0`],
      model: [`${E}.8886.60.131.1.1.6.0`],
    },
  ],
  [11863, { version: [`${E}.11863.6.1.1.6.0`], serial: [`${E}.11863.6.1.1.8.0`] }],
  [12356, { version: [`${E}.12356.101.4.1.1.0`], serial: [`${E}.12356.100.1.1.1.0`] }],
  [
    14988,
    {
      version: [`${E}.14988.1.1.4.4.0`],
      serial: [`${E}.14988.1.1.7.3.0`],
      model: [`${E}.14988.1.1.7.9.0`],
    },
  ],
  [17409, { serial: [`${E}.17409.2.3.1.1.13.0`], version: [`${E}.34592.1.3.1.5.2.1.1.5.0`] }],
  [
    17713,
    {
      model: [`${E}.17713.22.1.1.1.5.0`],
      version: [`${E}.17713.21.1.1.1.0`, `${E}.17713.22.1.1.1.8.0`],
      serial: [`${E}.17713.21.1.1.31.0`, `${E}.17713.22.1.1.1.4.0`],
    },
  ],
  [25053, { model: [`${E}.25053.1.1.2.1.1.1.1.0`], serial: [`${E}.25053.1.1.2.1.1.1.2.0`] }],
  [37950, { version: [`${E}.37950.1.1.5.10.12.5.4.0`], serial: [`${E}.37950.1.1.5.10.12.5.11.0`] }],
  [
    41112,
    {
      model: [`${E}.41112.1.6.3.3.0`, `${E}.41112.1.11.1.2.3.1`],
      version: [`${E}.41112.1.6.3.6.0`, `${E}.41112.1.11.1.2.4.1`, `${E}.41112.1.3.2.1.40.1`],
    },
  ],
  [43356, { serial: [`${E}.43356.2.1.2.1.2.0`], version: [`${E}.43356.2.1.2.1.3.0`] }],
  [46242, { version: [`${E}.46242.1.0`] }],
  [
    48690,
    { serial: [`${E}.48690.1.1.0`], model: [`${E}.48690.1.3.0`], version: [`${E}.48690.1.6.0`] },
  ],
  [
    57344,
    {
      model: [`${E}.57344.1.3.1.0`],
      serial: [`${E}.57344.1.3.2.0`],
      version: [`${E}.57344.1.3.4.0`],
    },
  ],
])
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
export const DESCR_IS_MODEL: ReadonlySet<number> = new Set([890, 1271, 6141, 2281, 37950])
