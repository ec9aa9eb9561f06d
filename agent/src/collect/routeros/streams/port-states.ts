/** The states of a router's own interfaces, as far as reported. Pure. */

import type { ListenRow } from "../client/listening.ts"
import { parseFlag } from "../client/values.ts"

export const PORT_STATE_PROPERTIES = [".id", "name", "running", "disabled", "dynamic"] as const

export type PortState = {
  readonly interface: string
  readonly running: boolean
  readonly disabled: boolean
}
const stateOf = ({ running, disabled }: PortState): string =>
  disabled ? "disabled" : running ? "up" : "down"

export class PortStates {
  readonly #states = new Map<string, string>()
  readonly #names = new Map<string, string>()

  /** True: a port changed. Interfaces of sessions are none, and so is what only has new counters. */
  apply({ id, isRemoved, row }: ListenRow): boolean {
    if (isRemoved) {
      const name = id === null ? undefined : this.#names.get(id)
      if (id !== null) this.#names.delete(id)
      return name !== undefined && this.#states.delete(name)
    }
    const name = row.get("name")
    if (name === undefined || parseFlag(row.get("dynamic"))) return false
    if (id !== null) this.#names.set(id, name)
    return this.#set({
      interface: name,
      running: parseFlag(row.get("running")),
      disabled: parseFlag(row.get("disabled")),
    })
  }

  /** A complete reading. True: a known port has another state than was reported. */
  read(ports: readonly PortState[]): boolean {
    let isDifferent = false
    for (const port of ports) {
      const isKnown = this.#states.has(port.interface)
      if (this.#set(port) && isKnown) isDifferent = true
    }
    return isDifferent
  }

  #set(port: PortState): boolean {
    const state = stateOf(port)
    if (this.#states.get(port.interface) === state) return false
    this.#states.set(port.interface, state)
    return true
  }
}
