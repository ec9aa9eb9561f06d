/**
 * Rules that let the agents in, before the first rule that drops; a router that drops nothing needs
 * none.
 */
import {
  addOnce,
  asPrefix,
  indented,
  isIpv6,
  note,
  OURS,
  type Properties,
  serviceRow,
  tagged,
  where,
  word,
} from "../commands.ts"
import type { DesiredConfig } from "../desired-config.ts"
import { has } from "../features.ts"
import { type ExpectedRow, type PartSpec, TAG } from "../part-spec.ts"
import { quote } from "../quote.ts"

export const AGENTS = `${TAG}-agents`

type AllowRule = {
  readonly comment: string
  readonly protocol: string
  readonly port: string | null
}
const allowRulesOf = (desired: DesiredConfig, family: "ip" | "ipv6"): readonly AllowRule[] => [
  ...(desired.api === null
    ? []
    : [{ comment: tagged("agents may use the API over TLS"), protocol: "tcp", port: "$apiPort" }]),
  ...(desired.snmp === null
    ? []
    : [{ comment: tagged("agents may use SNMP"), protocol: "udp", port: "161" }]),
  { comment: tagged("agents may ping"), protocol: family === "ip" ? "icmp" : "icmpv6", port: null },
]

const ruleOf = (
  menu: string,
  { comment, protocol, port }: AllowRule,
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

const family = (
  desired: DesiredConfig,
  root: "ip" | "ipv6",
  addresses: readonly string[],
): string => {
  if (addresses.length === 0) return ""
  const menu = `/${root} firewall filter`
  const [rules, first] = root === "ip" ? ["dropRules", "firstDrop"] : ["dropRules6", "firstDrop6"]
  return `:local ${rules} [${menu} find where chain=input and (action=drop or action=reject) and !disabled and !dynamic]
:if ([:len $${rules}] > 0) do={
  :local ${first} [:pick $${rules} 0]
${indented([listed(`/${root} firewall address-list`, addresses), ...allowRulesOf(desired, root).map((each) => ruleOf(menu, each, first))].join(""))}} else={
  ${note(`no rule of /${root} firewall filter drops what comes in: the agents need none that lets them in, and none was added.`)}
}
`
}

const expectedOf = (
  desired: DesiredConfig,
  root: "ip" | "ipv6",
  addresses: readonly string[],
): readonly ExpectedRow[] =>
  addresses.length === 0
    ? []
    : [
        ...addresses.map((address) => ({
          menu: `/${root}/firewall/address-list`,
          by: { list: AGENTS, comment: tagged(`agent ${address}`) },
          want: { address, disabled: "false" },
          secret: [],
        })),
        ...allowRulesOf(desired, root).map(({ comment, protocol, port }) => ({
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

export const firewall = (desired: DesiredConfig): PartSpec | null => {
  if (desired.agents.length === 0) return null
  const ipv4 = desired.agents.filter((each) => !isIpv6(each))
  const ipv6 = desired.agents.filter(isIpv6)
  const hasIpv6 = has(desired.release, "ipv6")
  const removeIn = (menu: string): string => `${menu} remove [${menu} find where ${OURS}]
`
  return {
    id: "firewall",
    title: "Firewall rules for the agents",
    why: "Rules for the agents' addresses alone, ahead of the first rule that drops what comes in, so that nothing else is opened. A router whose chain input drops nothing gets none.",
    text: `${
      desired.api === null
        ? ""
        : `:local apiPort [/ip service get ${serviceRow(desired.release, "api-ssl")} port]
`
    }${family(desired, "ip", ipv4)}${hasIpv6 ? family(desired, "ipv6", ipv6) : ""}`,
    remove: [
      removeIn("/ip firewall filter"),
      removeIn("/ip firewall address-list"),
      ...(hasIpv6
        ? [removeIn("/ipv6 firewall filter"), removeIn("/ipv6 firewall address-list")]
        : []),
    ].join(""),
    needs: ["read", "write"],
    expects: [
      ...expectedOf(desired, "ip", ipv4),
      ...(hasIpv6 ? expectedOf(desired, "ipv6", ipv6) : []),
    ],
    remarks:
      ipv6.length > 0 && !hasIpv6
        ? [
            {
              id: "no-ipv6-rules",
              text: `RouterOS ${desired.release} has IPv6 only with a package, so the script cannot name its firewall: where it drops what comes in, let ${ipv6.map(asPrefix).join(", ")} in by hand.`,
            },
          ]
        : [],
  }
}
