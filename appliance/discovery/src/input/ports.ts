/** Ports below an interface: those through which its frames leave the device. */
import type { DeviceReport, Interface, InterfaceKind } from "../model.ts"

/** `port`: one port, directly. `vlan`: one port, below a VLAN. `bridge`: one of several, or unknown. */
export type Via = "port" | "vlan" | "bridge" | "tunnel" | "inside"
export type Below = { readonly via: Via; readonly port: string | null }

const MAX_DEPTH = 6
const DIRECT: readonly InterfaceKind[] = ["port", "radio", "bond"]

export class Ports {
  readonly #interfaces: ReadonlyMap<string, Interface>
  readonly #byMac = new Map<string, Interface[]>()
  readonly #bonds = new Map<string, string>()
  readonly #bridges = new Map<string, string>()

  constructor({ interfaces }: DeviceReport) {
    this.#interfaces = new Map(interfaces.map((each) => [each.name, each]))
    for (const each of interfaces) {
      if (each.kind === "bridge") for (const port of each.on) this.#bridges.set(port, each.name)
      if (each.kind === "bond") for (const member of each.on) this.#bonds.set(member, each.name)
      if (each.mac === null) continue
      const list = this.#byMac.get(each.mac)
      if (list === undefined) this.#byMac.set(each.mac, [each])
      else list.push(each)
    }
  }

  kindOf(name: string): InterfaceKind | null {
    return this.#interfaces.get(name)?.kind ?? null
  }
  bondOf(port: string): string | null {
    return this.#bonds.get(port) ?? null
  }
  bridgeOf(port: string): string | null {
    return this.#bridges.get(port) ?? null
  }
  /** The port with this MAC address, unless a bridge, bond or second port has the same. */
  portOfMac(mac: string): string | null {
    const owners = this.#byMac.get(mac) ?? []
    if (owners.some(({ kind }) => kind === "bridge")) return null
    const direct = owners.filter(({ kind }) => DIRECT.includes(kind))
    return direct.length === 1 ? (direct[0]?.name ?? null) : null
  }
  /** A port by the name that a neighbour gives it; null if there is none. */
  port(name: string | null): string | null {
    if (name === null) return null
    const kind = this.kindOf(name)
    return kind !== null && DIRECT.includes(kind) ? name : null
  }

  /** Of an interface as a row names it: `ether1`, `ether1,bridge`, `vlan10`. */
  below(names: string): Below {
    const given = names.split(",").map((name) => name.trim())
    for (const name of given) {
      const kind = this.kindOf(name)
      if (kind !== null && DIRECT.includes(kind)) return { via: "port", port: name }
    }
    const [first = ""] = given
    return this.#descend(first)
  }

  #descend(name: string): Below {
    let at = name
    for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
      const here = this.#interfaces.get(at)
      // Of an interface that is not listed nothing is known but its name.
      if (here === undefined) return { via: depth === 0 ? "port" : "vlan", port: at }
      if (DIRECT.includes(here.kind)) return { via: "vlan", port: at }
      if (here.kind === "tunnel") return { via: "tunnel", port: name }
      if (here.kind === "loopback") return { via: "inside", port: null }
      const [under, more] = here.on
      if (here.kind === "bridge" && (under === undefined || more !== undefined))
        return { via: "bridge", port: null }
      if (under === undefined)
        return here.kind === "other" ? { via: "port", port: at } : { via: "bridge", port: null }
      at = under
    }
    return { via: "bridge", port: null }
  }
}
