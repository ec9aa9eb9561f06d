/** What the agent does not collect, and why. Each row must match something. */

export type Purpose = {
  /** The other reader's name of the quantity: class and type. */
  readonly match: RegExp
  readonly why: string
}

const SETTING = "a setting, or a mode that is neither good nor bad"

export const NOT_COLLECTED: readonly Purpose[] = [
  { match: /^state .*(Role|Mode|OperationMode|Security|AntennaKit|Mcs)$/i, why: SETTING },
  {
    match: /^state (curTXModRate|aviatModemCurModulation\w*)$/,
    why: "modulation is a code; the capacity is collected",
  },
  {
    match: /^state (sysServices|ubntGpsFix|af60Gps\w+|gpsSync)$/,
    why: "position and services of the agent, not a state of health",
  },
  { match: /^state optixFanMinDispersion$/, why: SETTING },
  { match: /^state rosMgmt\w+$/, why: SETTING },
  { match: /^state cRFCfgRedundancyOperMode$/, why: SETTING },
  {
    match: /^errors /,
    why: "a count since some time; errors of interfaces are collected as rates",
  },
]
