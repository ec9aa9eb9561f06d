/** What the agent does not collect, or reads in another unit, and why. */

export type Reason = {
  /** The vendor, if it is about one. */
  readonly vendor?: string
  /** Family and what the other reader calls it: class, type and description. */
  readonly match: RegExp
  readonly why: string
}

const SETTING = "a setting, or a mode that is neither good nor bad"

export const NOT_COLLECTED: readonly Reason[] = [
  {
    match: /^state \S*(?:Role|Mode|Security|AntennaKit|Mcs|Modulation|Level|LoadState|Standby)\b/i,
    why: SETTING,
  },
  {
    match: /^state (?:curTXModRate|aviatModemCurModulation\w*)/,
    why: "a modulation is a code; the rate that follows from it is collected",
  },
  {
    match: /^state (?:sysServices|ubntGpsFix|af60Gps\w+|gpsSync)/,
    why: "whether a position is known, and what the agent of the device supports: not its health",
  },
  { match: /^state optixFanMinDispersion/, why: SETTING },
  { match: /^radio errors /, why: "a total since some time; rates of interfaces are collected" },
  {
    match: /^memory .*(?:buffer|cache|shared|swap|virtual|tmpfs)/i,
    why: "a part of the main memory that the kernel gives back, or no memory at all",
  },
  {
    vendor: "MikroTik",
    match: /^vlans /,
    why: "the other reader runs a script on the router for them; they are read over the API",
  },
  {
    vendor: "C-Data",
    match: /^identity model V\d/,
    why: "the revision of the hardware, not a model",
  },
  {
    match: /^identity serial 215241417$/,
    why: "of the outdoor unit; the device itself reports none",
  },
  {
    match: /^bgp prefixes 2001:12f8::/,
    why: "the other reader repeats the counts of the session before",
  },
  { match: /^ports </, why: "an interface of a subscriber's session" },
]

/** The same quantity, in a unit that the other reader does not convert. */
export const OTHER_UNITS: readonly (Reason & { readonly factor: number })[] = [
  {
    match: /^radio frequency airos-af/,
    factor: 0.001,
    why: "kHz that the other reader shows as MHz",
  },
]
