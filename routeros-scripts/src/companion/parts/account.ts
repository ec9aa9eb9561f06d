/**
 * Accounts for the agents, each in a group of its own with the fewest policies that RouterOS allows
 * for its purpose: one that only reads, and one that may also ping and trace.
 */
import { addOrSet, asPrefix, failPart, OURS, tagged, where, word } from "../commands.ts"
import type { DesiredConfig } from "../desired-config.ts"
import { has, isV6 } from "../features.ts"
import { type PartSpec, TAG } from "../part-spec.ts"
import { quote } from "../quote.ts"

const READING = ["read", "api"]
/** `test` is what ping and traceroute need; it allows no change of the configuration. */
const DIAGNOSTICS = ["read", "api", "test"]
/** Every policy of the first release that we support, besides those that are granted. */
const OTHERS = [
  "local",
  "telnet",
  "ssh",
  "ftp",
  "reboot",
  "write",
  "policy",
  "test",
  "winbox",
  "password",
  "web",
  "sniff",
  "sensitive",
  "romon",
]

/** All policies are named, because a policy that is not named keeps its previous setting. */
const policiesOf = (release: string, granted: readonly string[]): string =>
  [
    ...granted,
    ...[
      ...OTHERS,
      ...(isV6(release) ? ["dude", "tikapp"] : []),
      ...(has(release, "restApi") ? ["rest-api"] : []),
    ]
      .filter((each) => !granted.includes(each))
      .map((each) => `!${each}`),
  ].join(",")

type AccountSpec = {
  readonly user: { readonly username: string; readonly password: string }
  readonly group: string
  readonly comment: string
  readonly policies: string
  readonly addresses: string
}
/** The group and the account. A user of the same name that is not ours is left alone. */
const accountText = ({ user, group, comment, policies, addresses }: AccountSpec): string => {
  const { username, password } = user
  const nameTaken = `a user ${username} is there already and is not ours: it was left alone. Choose another name for the account.`
  return `${addOrSet("/user group", { name: group }, { policy: word(policies) })}:if ([:len [/user find where ${where({ name: username })}]] > 0) do={
  :if ([:len [/user find where ${where({ name: username })} and ${OURS}]] = 0) do={ ${failPart(nameTaken)} }
}
${addOrSet("/user", { name: username }, { password, group, address: word(addresses), comment })}/user remove [/user find where ${where({ comment })} and name!=${quote(username)}]
`
}
const expectedOf = ({ user, group, policies, addresses }: AccountSpec): PartSpec["expects"] => [
  { menu: "/user/group", by: { name: group }, want: { policy: policies }, secret: [] },
  {
    menu: "/user",
    by: { name: user.username },
    want: { group, address: addresses, disabled: "false" },
    secret: [],
  },
]
const addressesOf = ({ agents }: DesiredConfig): string => agents.map(asPrefix).join(",")

export const account = (desired: DesiredConfig): PartSpec | null => {
  const { api, agents } = desired
  if (api === null || agents.length === 0) return null
  const spec: AccountSpec = {
    user: api,
    group: TAG,
    comment: tagged("account for reading"),
    policies: policiesOf(desired.release, READING),
    addresses: addressesOf(desired),
  }
  return {
    id: "api-account",
    title: "Read-only API account for the agents",
    why: "The group may read and use the API and nothing else: no writing, no login by terminal or WinBox, no secrets. The account is good only from the agents' addresses, and a user of the same name that is not ours is left alone.",
    text: accountText(spec),
    remove: `/user remove [/user find where ${OURS}]
/user group remove [/user group find where ${where({ name: TAG })}]
`,
    needs: ["read", "write", "policy", "password"],
    expects: expectedOf(spec),
    remarks: [],
  }
}

const DIAGNOSTICS_GROUP = `${TAG}-diagnostics`
const DIAGNOSTICS_COMMENT = tagged("account for diagnostics")
export const diagnosticsAccount = (desired: DesiredConfig): PartSpec | null => {
  const { diagnostics = null, agents } = desired
  if (diagnostics === null || agents.length === 0) return null
  const spec: AccountSpec = {
    user: diagnostics,
    group: DIAGNOSTICS_GROUP,
    comment: DIAGNOSTICS_COMMENT,
    policies: policiesOf(desired.release, DIAGNOSTICS),
    addresses: addressesOf(desired),
  }
  return {
    id: "diagnostics-account",
    title: "Account for diagnostics",
    why: "For ping and traceroute that people start on the appliance: the group may read, use the API and test, and nothing else. The agents use it for these runs alone; polling goes on with the read-only account.",
    text: accountText(spec),
    remove: `/user remove [/user find where ${where({ comment: DIAGNOSTICS_COMMENT })}]
/user group remove [/user group find where ${where({ name: DIAGNOSTICS_GROUP })}]
`,
    needs: ["read", "write", "policy", "password"],
    expects: expectedOf(spec),
    remarks: [],
  }
}
