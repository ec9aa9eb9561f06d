/** Which interfaces are in one network of two, from own addresses, ARP, OSPF and IS-IS. */
import type { Directory } from "../identity/directory.ts"
import { ipv4, macOfLinkLocal, networkOf } from "../input/text.ts"
import type { DeviceReport, End, Evidence, OwnAddress, Source } from "../model.ts"

/** Two interfaces that exchange packets directly, or across what they do not see. */
export type Adjacency = {
  readonly a: End
  readonly b: End
  readonly evidence: readonly Evidence[]
}

/** A network with room for no third device, or hardly. */
const MIN_SMALL_LENGTH = 29
/** ARP says who is in a network; beyond this length of prefix that is no link. */
const MIN_ARP_LENGTH = 24

type Member = { readonly device: string; readonly own: OwnAddress }
const isSmall = ({ length, address }: OwnAddress): boolean =>
  length >= MIN_SMALL_LENGTH && length < 32 && ipv4(address) !== null

class Adjacencies {
  readonly #found = new Map<string, { a: End; b: End; evidence: Evidence[] }>()
  add(one: End, other: End, evidence: Evidence): void {
    const [a, b] = [one, other].sort((x, y) => (endKey(x) < endKey(y) ? -1 : 1))
    if (a === undefined || b === undefined || a.node === b.node) return
    const key = `${endKey(a)}\n${endKey(b)}`
    const found = this.#found.get(key)
    if (found === undefined) this.#found.set(key, { a, b, evidence: [evidence] })
    else found.evidence.push(evidence)
  }
  has(one: End, other: End): boolean {
    const [a, b] = [endKey(one), endKey(other)].sort()
    return this.#found.has(`${a}\n${b}`)
  }
  all(): Adjacency[] {
    return [...this.#found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
  }
}
const endKey = ({ node, interface: name }: End): string => `${node}\n${name ?? ""}`

/** Interface of a device with this address, or with the MAC of which a link-local one was made. */
const ownerOf = (
  directory: Directory,
  address: string,
  routerId: string | null,
  by: string,
): End | null => {
  const mac = macOfLinkLocal(address)
  const owners = mac === null ? directory.ownersOfAddress(address) : directory.ownersOfMac(mac)
  const others = owners.filter((owner) => owner !== by)
  const named = routerId === null ? [] : directory.ownersOfRouterId(routerId)
  const both = others.filter((owner) => named.includes(owner))
  const [device, more] = both.length > 0 ? both : others
  if (device === undefined || more !== undefined) return null
  const report = directory.reportOf(device)
  const name =
    mac === null
      ? report?.addresses.find((own) => own.address === address)?.interface
      : report?.interfaces.find((each) => each.mac === mac && each.kind !== "bridge")?.name
  return { node: device, interface: name ?? null }
}

const isInNetworkOf = (own: readonly OwnAddress[], on: string, address: string): boolean => {
  const mine = own.filter((each) => each.interface === on && ipv4(each.address) !== null)
  if (mine.length === 0 || ipv4(address) === null) return true
  return mine.some(
    ({ address: each, length }) =>
      // An unnumbered interface has the address of another one.
      length >= 32 || networkOf(each, length) === networkOf(address, length),
  )
}

const addRouted = (found: Adjacencies, directory: Directory, report: DeviceReport): void => {
  for (const row of report.ospf) {
    if (row.interface === null || !row.isFull) continue
    if (!isInNetworkOf(report.addresses, row.interface, row.address)) continue
    const far = ownerOf(directory, row.address, row.routerId, report.id)
    if (far === null) continue
    const { source, seenAtMs, goneAtMs } = row
    const evidence = { source, by: report.id, seenAtMs, isGone: goneAtMs !== null }
    found.add({ node: report.id, interface: row.interface }, far, evidence)
  }
}

/** Members of small networks: two are a pair; where more claim it, ARP has to say who is there. */
const addSubnets = (
  found: Adjacencies,
  members: ReadonlyMap<string, readonly Member[]>,
  nowMs: number,
): void => {
  for (const list of members.values()) {
    const [one, other, more] = list
    if (one === undefined || other === undefined || more !== undefined) continue
    if (one.device === other.device || one.own.address === other.own.address) continue
    const end = ({ device, own }: Member): End => ({ node: device, interface: own.interface })
    for (const by of [one.device, other.device])
      found.add(end(one), end(other), { source: "subnet", by, seenAtMs: nowMs, isGone: false })
  }
}

const addArp = (found: Adjacencies, directory: Directory, report: DeviceReport): void => {
  const lengths = Map.groupBy(report.addresses, (own) => own.interface)
  for (const { address, mac, interface: on, seenAtMs, goneAtMs } of report.arp) {
    const own = lengths
      .get(on)
      ?.find(
        ({ address: mine, length }) =>
          length >= MIN_ARP_LENGTH && networkOf(mine, length) === networkOf(address, length),
      )
    if (own === undefined) continue
    const owners = directory.ownersOfAddress(address).filter((each) => each !== report.id)
    const device = owners.find((each) => directory.ownersOfMac(mac).includes(each))
    if (device === undefined) continue
    const far = directory.reportOf(device)?.addresses.find((each) => each.address === address)
    const a = { node: report.id, interface: on }
    const b = { node: device, interface: far?.interface ?? null }
    // In a wide network, ARP confirms what routing says, and says nothing by itself.
    if (!isSmall(own) && !found.has(a, b)) continue
    found.add(a, b, { source: "arp", by: report.id, seenAtMs, isGone: goneAtMs !== null })
  }
}

export const adjacenciesOf = (
  reports: readonly DeviceReport[],
  directory: Directory,
  nowMs: number,
): readonly Adjacency[] => {
  const members = new Map<string, Member[]>()
  for (const { id, addresses } of reports) {
    for (const own of addresses) {
      const network = isSmall(own) ? networkOf(own.address, own.length) : null
      if (network === null) continue
      const list = members.get(network)
      if (list === undefined) members.set(network, [{ device: id, own }])
      else list.push({ device: id, own })
    }
  }
  const found = new Adjacencies()
  for (const report of reports) addRouted(found, directory, report)
  addSubnets(found, members, nowMs)
  for (const report of reports) addArp(found, directory, report)
  return found.all()
}

/** Sources that were seen, without repeats, current ones first. */
export const sourcesOf = (evidence: readonly Evidence[]): readonly Source[] => [
  ...new Set(evidence.map(({ source }) => source)),
]
