/** Models that a device reports only as a number: of its sysObjectID, or of an object. */

const E = "1.3.6.1.4.1."

/** The longest prefix counts. */
const BY_OBJECT_ID: Readonly<Record<string, string>> = {
  "2281.1.10": "IP-10",
  "2281.1.20.1.1": "IP-20N 1RU",
  "2281.1.20.1.1.2": "IP-20A 1RU",
  "2281.1.20.1.1.4": "IP-20 Evolution LH 1RU",
  "2281.1.20.1.2": "IP-20N 2RU",
  "2281.1.20.1.2.2": "IP-20A 2RU",
  "2281.1.20.1.2.4": "IP-20 Evolution 2RU",
  "2281.1.20.1.3.1": "IP-20G",
  "2281.1.20.1.3.2": "IP-20GX",
  "2281.1.20.2.2": "IP-20C",
  "2281.1.20.2.2.2": "IP-20S",
  "2281.1.20.2.2.3": "IP-20E",
  "2281.1.20.2.2.4": "IP-20E",
  "43356.1.1.1": "B5",
  "43356.1.1.2": "B5-Lite",
  "43356.1.1.3": "A5",
  "43356.1.1.4": "C5",
}

export const modelByObjectId = (objectId: string | null): string | null => {
  if (objectId === null || !objectId.startsWith(E)) return null
  const parts = objectId.slice(E.length).split(".", 16)
  for (let length = parts.length; length > 0; length -= 1) {
    const model = BY_OBJECT_ID[parts.slice(0, length).join(".")]
    if (model !== undefined) return model
  }
  return null
}

/** cambiumHWInfo of ePMP, by number. */
const EPMP: Readonly<Record<number, string>> = {
  0: "ePMP 1000 5 GHz Connectorized with Sync",
  1: "ePMP 1000 5 GHz Connectorized",
  2: "ePMP 1000 5 GHz Integrated",
  3: "ePMP 1000 2.4 GHz Connectorized with Sync",
  4: "ePMP 1000 2.4 GHz Connectorized",
  5: "ePMP 1000 2.4 GHz Integrated",
  6: "Force 200 5 GHz",
  8: "Force 200 5 GHz",
  9: "Force 200 2.4 GHz",
  10: "ePMP 2000",
  11: "Force 180 5 GHz",
  12: "Force 180 5 GHz",
  13: "Force 190 5 GHz",
  14: "Force 190 5 GHz",
  16: "Force 180 6 GHz",
  17: "ePMP 1000 6 GHz Connectorized with Sync",
  18: "ePMP 1000 6 GHz Connectorized",
  19: "ePMP 1000 2.5 GHz Connectorized with Sync",
  20: "ePMP 1000 2.5 GHz Connectorized",
  22: "Force 130 5 GHz",
  23: "Force 130 2.4 GHz",
  24: "Force 200L 5 GHz",
  25: "Force 200L V2 5 GHz",
  33: "PTP 550 Integrated",
  34: "PTP 550 Connectorized",
  35: "Force 300-25",
  36: "Force 300-25",
  37: "ePMP 3000",
  38: "Force 300-16",
  39: "Force 300-16",
  40: "ePMP 3000",
  41: "PTP 550E Integrated",
  42: "PTP 550E Connectorized",
  43: "ePMP 3000L",
  44: "ePMP 3000L",
  45: "Force 300 Connectorized",
  46: "Force 300 Connectorized",
  47: "Force 300-13",
  48: "Force 300-13",
  49: "Force 300-19",
  50: "Force 300-19",
  51: "Force 300-19R",
  52: "Force 300-19R",
  53: "ePMP Client MAXrP",
  54: "ePMP Client MAXrP",
  55: "Force 300-25 V2",
  58: "Force 300-25L",
  59: "Force 300 CSML Connectorized",
  60: "Force 300-25L V2",
  61: "Force 300-13L",
  62: "ePMP MP 3000",
}

/** An object with a number, and what each number is called; by enterprise number. */
export const MODEL_NUMBERS: ReadonlyMap<
  number,
  { readonly oid: string; readonly names: Readonly<Record<number, string>> }
> = new Map([[17_713, { oid: `${E}17713.21.1.1.2.0`, names: EPMP }]])
