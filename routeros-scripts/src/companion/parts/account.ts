/**
 * Access for polling: a group that may only read, and an account in it that only the agents'
 * addresses may use.
 */
import { addOrSet, asPrefix, failPart, OURS, tagged, where, word } from "../commands.ts"
import type { DesiredConfig } from "../desired-config.ts"
import { has, isV6 } from "../features.ts"
import { type PartSpec, TAG } from "../part-spec.ts"
import { quote } from "../quote.ts"

const GRANTED = ["read", "api"]
const DENIED = [
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
const policiesOf = (release: string): string =>
  [
    ...GRANTED,
    ...[
      ...DENIED,
      ...(isV6(release) ? ["dude", "tikapp"] : []),
      ...(has(release, "restApi") ? ["rest-api"] : []),
    ].map((each) => `!${each}`),
  ].join(",")

export const account = (desired: DesiredConfig): PartSpec | null => {
  const { api, agents } = desired
  if (api === null || agents.length === 0) return null
  const addresses = agents.map(asPrefix).join(",")
  const policies = policiesOf(desired.release)
  const nameTaken = `a user ${api.username} is there already and is not ours: it was left alone. Choose another name for the account.`
  return {
    id: "api-account",
    title: "Read-only API account for the agents",
    why: "The group may read and use the API and nothing else: no writing, no login by terminal or WinBox, no secrets. The account is good only from the agents' addresses, and a user of the same name that is not ours is left alone.",
    text: `${addOrSet("/user group", { name: TAG }, { policy: word(policies) })}:if ([:len [/user find where ${where({ name: api.username })}]] > 0) do={
  :if ([:len [/user find where ${where({ name: api.username })} and ${OURS}]] = 0) do={ ${failPart(nameTaken)} }
}
${addOrSet(
  "/user",
  { name: api.username },
  {
    password: api.password,
    group: TAG,
    address: word(addresses),
    comment: tagged("account for reading"),
  },
)}/user remove [/user find where ${OURS} and name!=${quote(api.username)}]
`,
    remove: `/user remove [/user find where ${OURS}]
/user group remove [/user group find where ${where({ name: TAG })}]
`,
    needs: ["read", "write", "policy", "password"],
    expects: [
      { menu: "/user/group", by: { name: TAG }, want: { policy: policies }, secret: [] },
      {
        menu: "/user",
        by: { name: api.username },
        want: { group: TAG, address: addresses, disabled: "false" },
        secret: [],
      },
    ],
    remarks: [],
  }
}
