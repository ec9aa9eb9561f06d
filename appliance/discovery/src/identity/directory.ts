/** Which device of the inventory a neighbour is: by addresses, names and model, each with a weight. */
import {
  isDefaultAddress,
  isDefaultName,
  isLinkLocal,
  isShortened,
  macOf,
  nameOf,
  portName,
} from "../input/text.ts"
import type { DeviceReport, NeighbourRow, Reason, ReasonCode } from "../model.ts"

/** Natural logarithm of how much likelier the same device shows this than another one does. */
export const WEIGHTS: Readonly<Record<ReasonCode, number>> = {
  "same-mac": 6,
  "same-chassis": 6,
  "same-address": 4,
  "same-default-address": 0.5,
  "other-address": -2,
  "same-name": 3,
  "shortened-name": 2,
  "default-name": 0,
  "other-name": -3,
  // A device that reports its interfaces has no other MAC address.
  "other-mac": -4,
  "same-model": 0.5,
  "other-model": -3,
  "known-port": 0.5,
  "unknown-port": -1,
  "ports-of-one-device": 3,
}
/** Of the sum: the least for a match, and the least distance to the next candidate. */
const MIN_MATCH = 2.5
const MIN_MARGIN = 1.5
/** A name or address of more devices tells nothing. */
const MAX_CANDIDATES = 8

const reason = (code: ReasonCode, share = 1): Reason => ({ code, weight: WEIGHTS[code] * share })
export const weightOf = (reasons: readonly Reason[]): number =>
  reasons.reduce((sum, { weight }) => sum + weight, 0)

type Known = {
  readonly report: DeviceReport
  readonly names: readonly string[]
  readonly macs: ReadonlySet<string>
  readonly addresses: ReadonlySet<string>
  readonly ports: ReadonlySet<string>
  readonly model: string | null
}
export type Match =
  | { readonly is: "device"; readonly device: string; readonly reasons: readonly Reason[] }
  | { readonly is: "ambiguous" }
  | { readonly is: "unknown" }

const modelOf = (board: string | null): string | null =>
  board === null || /^(?:mikrotik|routeros|unknown|linux)$/i.test(board.trim())
    ? null
    : board.trim().toLowerCase()

export class Directory {
  readonly #known = new Map<string, Known>()
  readonly #byMac = new Map<string, string[]>()
  readonly #byAddress = new Map<string, string[]>()
  readonly #byName = new Map<string, string[]>()
  /** Sorted, to find names of which a text is the beginning. */
  readonly #names: readonly string[]
  readonly #byRouterId = new Map<string, string[]>()

  constructor(reports: readonly DeviceReport[]) {
    const put = (index: Map<string, string[]>, key: string, device: string): void => {
      const list = index.get(key)
      if (list === undefined) index.set(key, [device])
      else if (!list.includes(device)) list.push(device)
    }
    for (const report of reports) {
      const names = [...new Set(report.names.flatMap((name) => nameOf(name) ?? []))]
      const addresses = new Set(report.addresses.map(({ address }) => address))
      if (report.address !== null) addresses.add(report.address)
      const macs = new Set(report.interfaces.flatMap(({ mac }) => mac ?? []))
      this.#known.set(report.id, {
        ...{ report, names, macs, addresses, model: modelOf(report.board) },
        ports: new Set(report.interfaces.map(({ name }) => name.toLowerCase())),
      })
      for (const mac of macs) put(this.#byMac, mac, report.id)
      for (const address of addresses) put(this.#byAddress, address, report.id)
      for (const name of names) if (!isDefaultName(name)) put(this.#byName, name, report.id)
      for (const id of report.routerIds) put(this.#byRouterId, id, report.id)
    }
    this.#names = [...this.#byName.keys()].sort()
  }

  /** Devices with this MAC address on an interface. */
  ownersOfMac(mac: string): readonly string[] {
    return this.#byMac.get(mac) ?? []
  }
  ownersOfAddress(address: string): readonly string[] {
    return this.#byAddress.get(address) ?? []
  }
  ownersOfRouterId(routerId: string): readonly string[] {
    return this.#byRouterId.get(routerId) ?? []
  }
  reportOf(device: string): DeviceReport | undefined {
    return this.#known.get(device)?.report
  }

  /** `by`: the device that reports the neighbour, which is never its own neighbour. */
  match(row: NeighbourRow, by: string): Match {
    const candidates = this.#candidates(row).filter((device) => device !== by)
    const scored = candidates
      .flatMap((device) => {
        const known = this.#known.get(device)
        return known === undefined ? [] : [{ device, reasons: this.#reasons(row, known) }]
      })
      .map((each) => ({ ...each, weight: weightOf(each.reasons) }))
      .sort((a, b) => b.weight - a.weight || (a.device < b.device ? -1 : 1))
    const [best, next] = scored
    if (best === undefined || best.weight < MIN_MATCH) return { is: "unknown" }
    if (next !== undefined && best.weight - next.weight < MIN_MARGIN) return { is: "ambiguous" }
    return { is: "device", device: best.device, reasons: best.reasons }
  }

  #candidates(row: NeighbourRow): string[] {
    const found = new Set<string>()
    const take = (devices: readonly string[] | undefined): void => {
      if (devices === undefined || devices.length > MAX_CANDIDATES) return
      for (const device of devices) found.add(device)
    }
    for (const mac of [row.mac, row.chassisId]) if (mac !== null) take(this.#byMac.get(mac))
    for (const address of row.addresses)
      if (!isLinkLocal(address)) take(this.#byAddress.get(address))
    const name = nameOf(row.identity)
    if (name !== null && !isDefaultName(name)) {
      take(this.#byName.get(name))
      const longer = this.#longerNames(name)
      if (longer.length <= MAX_CANDIDATES) for (const each of longer) take(this.#byName.get(each))
    }
    return [...found]
  }

  #longerNames(short: string): string[] {
    let [low, high] = [0, this.#names.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#names[middle] ?? "") < short) low = middle + 1
      else high = middle
    }
    const found: string[] = []
    for (let at = low; at < this.#names.length && found.length <= MAX_CANDIDATES; at += 1) {
      const name = this.#names[at] ?? ""
      if (!name.startsWith(short)) break
      if (isShortened(short, name)) found.push(name)
    }
    return found
  }

  #reasons(row: NeighbourRow, known: Known): Reason[] {
    return [
      ...this.#macReasons(row, known),
      ...this.#addressReasons(row, known),
      ...this.#nameReasons(row, known),
      ...modelReasons(row, known),
      ...portReasons(row, known),
    ]
  }
  #macReasons({ mac, chassisId }: NeighbourRow, { macs }: Known): Reason[] {
    const share = (given: string): number => 1 / Math.max(1, this.#byMac.get(given)?.length ?? 1)
    const found: Reason[] = []
    if (mac !== null && macs.has(mac)) found.push(reason("same-mac", share(mac)))
    if (chassisId !== null && macs.has(chassisId))
      found.push(reason("same-chassis", share(chassisId)))
    if (found.length === 0 && (mac ?? chassisId) !== null && macs.size > 0)
      found.push(reason("other-mac"))
    return found
  }
  #addressReasons({ addresses }: NeighbourRow, known: Known): Reason[] {
    const given = addresses.filter((address) => !isLinkLocal(address))
    const same = given.find((address) => known.addresses.has(address))
    if (same !== undefined) {
      const owners = this.#byAddress.get(same)?.length ?? 1
      return isDefaultAddress(same)
        ? [reason("same-default-address")]
        : [reason("same-address", 1 / owners)]
    }
    return given.length > 0 && known.report.addresses.length > 0 ? [reason("other-address")] : []
  }
  #nameReasons({ identity }: NeighbourRow, { names }: Known): Reason[] {
    const name = nameOf(identity)
    if (name === null || names.length === 0) return []
    if (isDefaultName(name)) return [reason("default-name")]
    if (names.includes(name))
      return [reason("same-name", 1 / Math.max(1, this.#byName.get(name)?.length ?? 1))]
    return names.some((each) => isShortened(name, each) || isShortened(each, name))
      ? [reason("shortened-name")]
      : [reason("other-name")]
  }
}

const modelReasons = ({ board }: NeighbourRow, { model }: Known): Reason[] => {
  const given = modelOf(board)
  if (given === null || model === null) return []
  const isSame = given === model || given.includes(model) || model.includes(given)
  return [reason(isSame ? "same-model" : "other-model")]
}
const portReasons = ({ remotePort }: NeighbourRow, { ports }: Known): Reason[] => {
  const port = portName(remotePort)
  // A MAC address or a number as name of a port is no name.
  if (port === null || /^\d+$/.test(port) || macOf(port) !== null || ports.size === 0) return []
  return [reason(ports.has(port.toLowerCase()) ? "known-port" : "unknown-port")]
}
