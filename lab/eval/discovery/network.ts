/**
 * A true network of boxes, ports and wires, from which `tables.ts` derives what its devices report:
 * core, aggregation, access rings and trees, with switches that are monitored, known by their
 * neighbours alone, or unseen, parallel links, bonds, tunnels, and a management VLAN at each site.
 */
import { seededWhole } from "@ispvm/rca/random"

export type Box = {
  readonly id: string
  /** What it calls itself. */
  identity: string
  /** `found`: a switch that is never monitored. */
  readonly kind: "router" | "switch" | "found"
  isMonitored: boolean
  readonly board: string
  readonly site: number
  /** Sends no discovery packets. */
  isMute: boolean
  readonly firstMac: number
  readonly ports: Port[]
  readonly loopback: string
}
export type Port = {
  readonly box: Box
  readonly name: string
  readonly mac: string
  wire: Wire | null
  /** Of a router: its address in the network of the link, with the length of the prefix. */
  address: string | null
  bond: string | null
}
export type Wire = { readonly ends: Port[] }
export type Tunnel = {
  readonly a: Box
  readonly b: Box
  readonly name: string
  readonly net: number
}
export type World = {
  readonly boxes: readonly Box[]
  readonly wires: readonly Wire[]
  readonly tunnels: readonly Tunnel[]
  readonly upstreams: readonly {
    readonly port: Port
    readonly as: number
    readonly address: string
  }[]
}
/** Shares that a network is made with. */
export type Habits = {
  readonly silent: number
  /** Of access routers: the product reads them. Others are known by their neighbours. */
  readonly monitored: number
  readonly defaultNames: number
}
export const USUAL_HABITS: Habits = { silent: 0.05, monitored: 1, defaultNames: 40 / 300 }
export type Random = {
  /** 0 ≤ x < 1 */
  readonly next: () => number
  readonly chance: (share: number) => boolean
  readonly pick: <T>(list: readonly T[]) => T
}

export const randomOf = (seed: number): Random => {
  const whole = seededWhole(seed)
  const next = (): number => whole() / 2 ** 32
  return {
    next,
    chance: (share) => next() < share,
    pick: (list) => {
      const found = list[Math.floor(next() * list.length)]
      if (found === undefined) throw new Error("nothing to pick from")
      return found
    },
  }
}

export const macText = (value: number): string =>
  value
    .toString(16)
    .padStart(12, "0")
    .replace(/(..)(?=.)/g, "$1:")
/** `10.200.0.4` of 4: the networks of links. */
export const linkAddress = (value: number): string =>
  `10.${200 + (value >> 16)}.${(value >> 8) & 255}.${value & 255}`

const BOARDS = ["CCR2004-1G-12S+2XS", "CCR1036-8G-2S+", "RB4011iGS+", "hEX S", "CCR2116-12G-4S+"]
const SWITCH_BOARDS = ["CRS326-24G-2S+", "CRS317-1G-16S+", "CSS326-24G-2S+"]
/** MAC addresses of one box. */
const MACS = 64
const ROUTERS_A_SITE = 10
const RING = 5

export class Builder {
  readonly boxes: Box[] = []
  readonly wires: Wire[] = []
  readonly tunnels: Tunnel[] = []
  readonly upstreams: World["upstreams"][number][] = []
  readonly random: Random
  #network = 0
  constructor(random: Random) {
    this.random = random
  }

  box(kind: Box["kind"], site: number, name: string): Box {
    const at = this.boxes.length
    const isSwitch = kind !== "router"
    const box: Box = {
      ...{ id: `box${at}`, identity: name, kind, site, isMute: false, isMonitored: true },
      board: this.random.pick(isSwitch ? SWITCH_BOARDS : BOARDS),
      // Boxes of one delivery have addresses next to each other.
      firstMac: 0x48a98a000000 + at * MACS,
      ports: [],
      loopback: `10.255.${at >> 8}.${at & 255}`,
    }
    this.boxes.push(box)
    return box
  }
  port(box: Box): Port {
    const at = box.ports.length
    const name = at < 8 ? `ether${at + 1}` : `sfp-sfpplus${at - 7}`
    const port: Port = {
      box,
      name,
      mac: macText(box.firstMac + at),
      wire: null,
      address: null,
      bond: null,
    }
    box.ports.push(port)
    return port
  }
  wire(...boxes: readonly Box[]): Port[] {
    const ends = boxes.map((box) => this.port(box))
    const wire: Wire = { ends }
    for (const end of ends) end.wire = wire
    this.wires.push(wire)
    return ends
  }
  /** Addresses of one network for two or more ports of routers. */
  number(ports: readonly Port[]): void {
    const size = ports.length > 2 ? 8 : 4
    this.#network = Math.ceil(this.#network / size) * size
    ports.forEach((port, at) => {
      port.address = `${linkAddress(this.#network + at + 1)}/${size === 8 ? 29 : 30}`
    })
    this.#network += size
  }

  /** Two routers, joined in one of the ways in which networks join them. */
  join(one: Box, other: Box): void {
    const way = this.random.next()
    if (way < 0.76) this.number(this.wire(one, other))
    else if (way < 0.82) for (let n = 0; n < 2; n += 1) this.number(this.wire(one, other))
    else if (way < 0.87) this.#bond(one, other)
    else if (way < 0.92) this.#across("found", one, other)
    else if (way < 0.96) this.#across("switch", one, other)
    else this.number(this.#hub([one, other]))
  }
  #bond(one: Box, other: Box): void {
    const pairs = [this.wire(one, other), this.wire(one, other)]
    const first = pairs[0] ?? []
    this.number(first)
    for (const ports of pairs)
      for (const port of ports)
        port.bond = `bond-${first.find(({ box }) => box === port.box)?.name}`
  }
  #across(kind: "found" | "switch", one: Box, other: Box): void {
    const box = this.box(kind, one.site, `sw-${one.site}-${this.boxes.length}`)
    const near = this.wire(one, box)
    const far = this.wire(box, other)
    this.number([...near, ...far].filter((port) => port.box !== box))
  }
  /** Its ports are one wire: nobody sees it. */
  #hub(routers: readonly Box[]): Port[] {
    return this.wire(...routers)
  }
  segment(routers: readonly Box[]): void {
    this.number(this.#hub(routers))
  }
  tunnel(a: Box, b: Box): void {
    this.tunnels.push({ a, b, name: `gre-${this.tunnels.length}`, net: this.tunnels.length })
  }
}

/** Access of a site: rings and trees below its two heads. */
const buildSite = (builder: Builder, site: number, count: number): readonly [Box, Box] => {
  const { random } = builder
  const heads = [1, 2].map((at) => builder.box("router", site, `agg-${site}-${at}.example.net`))
  const [first, second] = heads
  if (first === undefined || second === undefined) throw new Error("a site has two heads")
  builder.join(first, second)
  const routers: Box[] = []
  while (routers.length < count) {
    const isRing = random.chance(0.5)
    let before = isRing || routers.length === 0 ? first : random.pick(routers)
    for (let n = 0; n < RING && routers.length < count; n += 1) {
      const router = builder.box("router", site, `access-tower-${site}-${routers.length + 1}`)
      builder.join(before, router)
      routers.push(router)
      before = router
    }
    if (isRing) builder.join(before, second)
  }
  if (site % 4 === 1)
    builder.segment([
      random.pick(routers),
      random.pick(heads),
      builder.box("router", site, `cpe-${site}-a`),
      builder.box("router", site, `cpe-${site}-b`),
    ])
  return [first, second]
}

/** Some routers of each size of network; `count` is near their number. */
export const makeWorld = (count: number, random: Random, habits = USUAL_HABITS): World => {
  const builder = new Builder(random)
  const sites = Math.max(3, Math.round(count / (ROUTERS_A_SITE + 3)))
  const cores = Array.from({ length: Math.max(3, Math.round(sites / 4)) }, (_, at) =>
    builder.box("router", -1, `core-${at + 1}`),
  )
  cores.forEach((core, at) => {
    const next = cores[(at + 1) % cores.length]
    if (next !== undefined && next !== core) builder.join(core, next)
  })
  for (let site = 0; site < sites; site += 1) {
    const [one, other] = buildSite(builder, site, ROUTERS_A_SITE - 2)
    const at = site % cores.length
    builder.join(cores[at] ?? one, one)
    builder.join(cores[(at + 1) % cores.length] ?? one, other)
  }
  const routers = builder.boxes.filter(({ kind }) => kind === "router")
  for (let n = 0; n < Math.round(count / 30); n += 1) {
    const [a, b] = [random.pick(routers), random.pick(routers)]
    if (a !== b) builder.tunnel(a, b)
  }
  cores.slice(0, 3).forEach((core, at) => {
    const port = builder.port(core)
    port.address = `198.51.100.${at * 4 + 2}/30`
    builder.upstreams.push({ port, as: 64_496 + at, address: `198.51.100.${at * 4 + 1}` })
  })
  distort(builder, routers, habits)
  return builder
}

/** Some have the name of the factory, some share a name, some say nothing, some are not monitored. */
const distort = ({ random, boxes }: Builder, routers: readonly Box[], habits: Habits): void => {
  for (const box of routers) {
    if (random.chance(habits.defaultNames)) box.identity = "MikroTik"
    else if (random.chance(0.01)) box.identity = routers[0]?.identity ?? box.identity
    if (box.site >= 0 && !random.chance(habits.monitored)) box.isMonitored = false
  }
  for (const box of boxes) {
    if (box.kind === "found") box.isMonitored = false
    if (box.kind === "found" && random.chance(0.2)) box.identity = "MikroTik"
    // What is neither read nor says anything is nowhere: it is a part of a wire, not a box.
    box.isMute = box.isMonitored && random.chance(habits.silent)
  }
}
