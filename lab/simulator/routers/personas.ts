/**
 * The kinds of router that the lab simulates: boards, releases and their differences on the wire.
 * All values are invented.
 */

/**
 * `health`: `rows` (v7: name, value, type), `row` (v6: one row of properties), `empty` (a menu
 * without rows) or `missing` (no menu). `login`: `plain` from 6.43 on, `challenge` (MD5) before.
 * `saysEmpty`: from 7.18 a print without rows answers `!empty`.
 */
export type Persona = {
  readonly board: string
  readonly version: string
  readonly channel: string
  readonly architecture: string
  readonly cpu: string
  readonly cores: number
  readonly frequencyMhz: number
  readonly memoryByte: number
  readonly diskByte: number
  readonly ports: readonly string[]
  readonly health: "rows" | "row" | "empty" | "missing"
  readonly routerboard: boolean
  readonly login: "plain" | "challenge"
  readonly sendsEmpty: boolean
  readonly dates: "iso" | "month-name"
  readonly hasLoopback: boolean
  readonly syslog: "default" | "bsd"
  /** What `/system/device-mode` does not allow. */
  readonly forbids: readonly ("fetch" | "scheduler")[]
}

const range = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${prefix}${from + i}`)
const MIB = 1024 * 1024

const v7 = {
  login: "plain",
  dates: "iso",
  hasLoopback: true,
  channel: "stable",
  routerboard: true,
  syslog: "default",
  forbids: [],
} as const
const v6 = {
  dates: "month-name",
  hasLoopback: false,
  sendsEmpty: false,
  health: "row",
  routerboard: true,
  syslog: "bsd",
  forbids: [],
} as const

export const PERSONAS = {
  "ccr2116-7.20": {
    ...v7,
    board: "CCR2116-12G-4S+",
    version: "7.20.8",
    architecture: "arm64",
    cpu: "ARM64",
    cores: 16,
    frequencyMhz: 2000,
    memoryByte: 16384 * MIB,
    diskByte: 128 * MIB,
    ports: [...range("ether", 1, 13), ...range("sfp-sfpplus", 1, 4)],
    health: "rows",
    sendsEmpty: true,
  },
  "ccr2004-7.18": {
    ...v7,
    board: "CCR2004-16G-2S+",
    version: "7.18.2",
    architecture: "arm64",
    cpu: "ARM64",
    cores: 4,
    frequencyMhz: 1700,
    memoryByte: 4096 * MIB,
    diskByte: 128 * MIB,
    ports: [...range("ether", 1, 16), ...range("sfp-sfpplus", 1, 2)],
    health: "rows",
    sendsEmpty: true,
  },
  "rb5009-7.16": {
    ...v7,
    board: "RB5009UG+S+",
    version: "7.16.2",
    architecture: "arm64",
    cpu: "ARM64",
    cores: 4,
    frequencyMhz: 1400,
    memoryByte: 1024 * MIB,
    diskByte: 1024 * MIB,
    ports: [...range("ether", 1, 8), "sfp-sfpplus1"],
    health: "rows",
    sendsEmpty: false,
    syslog: "bsd",
  },
  "rb5009-7.12": {
    ...v7,
    board: "RB5009UG+S+",
    version: "7.12.2",
    architecture: "arm64",
    cpu: "ARM64",
    cores: 4,
    frequencyMhz: 1400,
    memoryByte: 1024 * MIB,
    diskByte: 1024 * MIB,
    ports: [...range("ether", 1, 8), "sfp-sfpplus1"],
    health: "rows",
    sendsEmpty: false,
    syslog: "bsd",
  },
  /** A router at a customer's home, with its default device mode. */
  "hap-7.18": {
    ...v7,
    board: "hAP ax lite",
    version: "7.18.2",
    architecture: "arm",
    cpu: "ARM",
    cores: 2,
    frequencyMhz: 800,
    memoryByte: 256 * MIB,
    diskByte: 128 * MIB,
    ports: range("ether", 1, 4),
    health: "empty",
    sendsEmpty: true,
  },
  /** The same as shipped: fetch and scheduler are forbidden until its button is pressed. */
  "hap-7.20": {
    ...v7,
    board: "hAP ax lite",
    version: "7.20.8",
    architecture: "arm",
    cpu: "ARM",
    cores: 2,
    frequencyMhz: 800,
    memoryByte: 256 * MIB,
    diskByte: 128 * MIB,
    ports: range("ether", 1, 4),
    health: "empty",
    sendsEmpty: true,
    forbids: ["fetch", "scheduler"],
  },
  "hex-7.14": {
    ...v7,
    board: "RB760iGS",
    version: "7.14.3",
    architecture: "mmips",
    cpu: "MIPS 1004Kc V2.15",
    cores: 4,
    frequencyMhz: 880,
    memoryByte: 256 * MIB,
    diskByte: 16 * MIB,
    ports: [...range("ether", 1, 5), "sfp1"],
    health: "empty",
    sendsEmpty: false,
  },
  "chr-7.22": {
    ...v7,
    board: "CHR",
    version: "7.22.1",
    architecture: "x86_64",
    cpu: "Intel(R)",
    cores: 8,
    frequencyMhz: 2600,
    memoryByte: 8192 * MIB,
    diskByte: 512 * MIB,
    ports: range("ether", 1, 4),
    health: "missing",
    sendsEmpty: true,
    routerboard: false,
  },
  "ccr1036-6.49": {
    ...v6,
    board: "CCR1036-12G-4S",
    version: "6.49.18",
    channel: "long-term",
    architecture: "tile",
    cpu: "tilegx",
    cores: 36,
    frequencyMhz: 1200,
    memoryByte: 4096 * MIB,
    diskByte: 1024 * MIB,
    ports: [...range("ether", 1, 12), ...range("sfp-sfpplus", 1, 2)],
    login: "plain",
  },
  "hap-6.49": {
    ...v6,
    board: "RB952Ui-5ac2nD",
    version: "6.49.18",
    channel: "long-term",
    architecture: "mipsbe",
    cpu: "MIPS 24Kc V7.4",
    cores: 1,
    frequencyMhz: 650,
    memoryByte: 64 * MIB,
    diskByte: 16 * MIB,
    ports: range("ether", 1, 5),
    health: "empty",
    login: "plain",
  },
  "rb3011-6.42": {
    ...v6,
    board: "RB3011UiAS",
    version: "6.42.12",
    channel: "bugfix",
    architecture: "arm",
    cpu: "ARMv7",
    cores: 2,
    frequencyMhz: 1400,
    memoryByte: 1024 * MIB,
    diskByte: 128 * MIB,
    ports: [...range("ether", 1, 10), "sfp1"],
    login: "challenge",
  },
} as const satisfies Record<string, Persona>

export type PersonaName = keyof typeof PERSONAS
export const PERSONA_NAMES = Object.keys(PERSONAS)
export const personaNamed = (name: PersonaName): Persona => PERSONAS[name]

/** IS-IS came with 7.15. */
export const hasIsis = ({ version }: Pick<Persona, "version">): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return major > 7 || (major === 7 && minor >= 15)
}
