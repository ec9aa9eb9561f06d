/** Rules that let the agents in, ahead of the first rule that drops; a router that drops nothing needs none. */
import { addOnce, asPrefix, indented, isIpv6, note, OURS, type Properties, serviceRow, tagged, where, word } from "../commands.ts"
import { type Draft, type Expectation, TAG } from "../draft.ts"
import { has } from "../features.ts"
import { quote } from "../quote.ts"
import type { Wish } from "../wish.ts"

export const AGENTS = `${TAG}-agents`

type Opening = { readonly comment: string; readonly protocol: string; readonly port: string | null }
const openingsOf = (wish: Wish, family: "ip" | "ipv6"): readonly Opening[] => [
  ...(wish.api === null ? [] : [{ comment: tagged("agents may use the API over TLS"), protocol: "tcp", port: "$apiPort" }]),
  ...(wish.snmp === null ? [] : [{ comment: tagged("agents may use SNMP"), protocol: "udp", port: "161" }]),
  { comment: tagged("agents may ping"), protocol: family === "ip" ? "icmp" : "icmpv6", port: null },
]

const ruleOf = (
  menu: string,
  { comment, protocol, port }: Opening,
  first: string,
): string => `:if ([:len [${menu} find where ${where({ comment })}]] = 0) do={
  ${menu} add chain=input action=accept protocol=${protocol}${port === null ? "" : ` dst-port=${port}`} src-address-list=${quote(AGENTS)} comment=${quote(comment)} place-before=$${first}
}
`

const listed = (menu: string, addresses: readonly string[]): string => {
  const comments = addresses.map((address) => tagged(`agent ${address}`))
  const others = comments.map((comment) => ` and comment!=${quote(comment)}`).join("")
  return `${menu} remove [${menu} find where list=${quote(AGENTS)} and ${OURS}${others}]
${addresses
  .map((address) => {
    const by: Properties = { list: AGENTS, comment: tagged(`agent ${address}`) }
    return addOnce(menu, by, { address: word(address) })
  })
  .join("")}`
}

const family = (wish: Wish, root: "ip" | "ipv6", addresses: readonly string[]): string => {
  if (addresses.length === 0) return ""
  const menu = `/${root} firewall filter`
  const [rules, first] = root === "ip" ? ["dropRules", "firstDrop"] : ["dropRules6", "firstDrop6"]
  return `:local ${rules} [${menu} find where chain=input and (action=drop or action=reject) and !disabled and !dynamic]
:if ([:len $${rules}] > 0) do={
  :local ${first} [:pick $${rules} 0]
${indented([listed(`/${root} firewall address-list`, addresses), ...openingsOf(wish, root).map((each) => ruleOf(menu, each, first))].join(""))}} else={
  ${note(`no rule of /${root} firewall filter drops what comes in: the agents need none that lets them in, and none was added.`)}
}
`
}

const expectedOf = (wish: Wish, root: "ip" | "ipv6", addresses: readonly string[]): readonly Expectation[] =>
  addresses.length === 0
    ? []
    : [
        ...addresses.map((address) => ({
          menu: `/${root}/firewall/address-list`,
          by: { list: AGENTS, comment: tagged(`agent ${address}`) },
          want: { address, disabled: "false" },
          secret: [],
        })),
        ...openingsOf(wish, root).map(({ comment, protocol, port }) => ({
          menu: `/${root}/firewall/filter`,
          by: { comment },
          want: {
            chain: "input",
            action: "accept",
            protocol,
            "src-address-list": AGENTS,
            disabled: "false",
            ...(port === null || port === "$apiPort" ? {} : { "dst-port": port }),
          },
          secret: [],
        })),
      ]

export const firewall = (wish: Wish): Draft | null => {
  if (wish.agents.length === 0) return null
  const four = wish.agents.filter((each) => !isIpv6(each))
  const six = wish.agents.filter(isIpv6)
  const isSixKnown = has(wish.release, "ipv6")
  const removeIn = (menu: string): string => `${menu} remove [${menu} find where ${OURS}]
`
  return {
    id: "firewall",
    title: "Let the agents in",
    why: "Rules for the agents' addresses alone, ahead of the first rule that drops what comes in, so that nothing else is opened. A router whose chain input drops nothing gets none.",
    text: `${
      wish.api === null
        ? ""
        : `:local apiPort [/ip service get ${serviceRow(wish.release, "api-ssl")} port]
`
    }${family(wish, "ip", four)}${isSixKnown ? family(wish, "ipv6", six) : ""}`,
    remove: [
      removeIn("/ip firewall filter"),
      removeIn("/ip firewall address-list"),
      ...(isSixKnown ? [removeIn("/ipv6 firewall filter"), removeIn("/ipv6 firewall address-list")] : []),
    ].join(""),
    needs: ["read", "write"],
    expects: [...expectedOf(wish, "ip", four), ...(isSixKnown ? expectedOf(wish, "ipv6", six) : [])],
    remarks:
      six.length > 0 && !isSixKnown
        ? [
            {
              id: "no-ipv6-rules",
              text: `RouterOS ${wish.release} has IPv6 only with a package, so the script cannot name its firewall: where it drops what comes in, let ${six.map(asPrefix).join(", ")} in by hand.`,
            },
          ]
        : [],
  }
}
