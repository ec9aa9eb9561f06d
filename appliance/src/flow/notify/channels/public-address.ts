/**
 * Whether an address is one of the public Internet. People give the address of a push service; the
 * appliance must not be made to reach its own network or itself by it. Pure.
 */
import { BlockList, isIP } from "node:net"

/** IANA's special-purpose registries, https://www.iana.org/assignments/iana-ipv4-special-registry */
const V4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const
/** Those that embed an IPv4 address among them: what is behind them is not known. */
const V6 = [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const
/** Two lists: in one, the network of mapped addresses would hold every IPv4 address. */
const special = { 4: new BlockList(), 6: new BlockList() }
for (const [net, prefix] of V4) special[4].addSubnet(net, prefix, "ipv4")
for (const [net, prefix] of V6) special[6].addSubnet(net, prefix, "ipv6")

export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address)
  if (family === 4) return !special[4].check(address, "ipv4")
  return family === 6 && !special[6].check(address, "ipv6")
}
