/** SNMP for the agents: version 3 with authentication and privacy, or a community on request. */
import {
  addOrSet,
  asPrefix,
  failPart,
  noteUndo,
  OURS,
  type Properties,
  tagged,
  where,
  word,
} from "../commands.ts"
import type { DesiredConfig, SnmpConfig } from "../desired-config.ts"
import type { PartSpec } from "../part-spec.ts"
import { quote } from "../quote.ts"

const CLEARTEXT_WARNING =
  "SNMP version 2c was asked for: the community and all that is read can be seen by whoever is on the way."

const valuesOf = (
  snmp: SnmpConfig,
): { readonly name: string; readonly values: Properties; readonly want: Record<string, string> } =>
  snmp.version === 3
    ? {
        name: snmp.user,
        values: {
          security: word("private"),
          "authentication-protocol": word("SHA1"),
          "authentication-password": snmp.authPassword,
          "encryption-protocol": word("AES"),
          "encryption-password": snmp.privPassword,
        },
        want: {
          security: "private",
          "authentication-protocol": "SHA1",
          "encryption-protocol": "AES",
        },
      }
    : { name: snmp.community, values: { security: word("none") }, want: { security: "none" } }

export const snmpAccess = (desired: DesiredConfig): PartSpec | null => {
  const { snmp, agents } = desired
  if (snmp === null || agents.length === 0) return null
  const { name, values, want } = valuesOf(snmp)
  const addresses = agents.map(asPrefix).join(",")
  const secret = snmp.version === 2
  const nameTaken = `an SNMP community ${secret ? "of that name" : name} is there already and is not ours: it was left alone. Choose another name.`
  return {
    id: "snmp",
    title:
      snmp.version === 3
        ? "SNMP version 3 for the agents"
        : "SNMP version 2c for the agents (not encrypted)",
    removeTitle: "SNMP for the agents",
    why:
      snmp.version === 3
        ? "A user with authentication (SHA1) and privacy (AES), the best that every release has, who may read and not write, from the agents' addresses alone. SNMP itself is switched on if it was off, and that is noted."
        : `${CLEARTEXT_WARNING} The community may read and not write, from the agents' addresses alone.`,
    text: `:if ([:len [/snmp community find where ${where({ name })}]] > 0) do={
  :if ([:len [/snmp community find where ${where({ name })} and ${OURS}]] = 0) do={ ${failPart(nameTaken)} }
}
/snmp community remove [/snmp community find where ${OURS} and name!=${quote(name)}]
${addOrSet("/snmp community", { name }, { ...values, addresses: word(addresses), "read-access": word("yes"), "write-access": word("no"), comment: tagged("agents may read") })}:local was "no"
:if ([/snmp get enabled]) do={ :set was "yes" }
${noteUndo("snmp", `"/snmp set enabled=" . $was`)}:if ($was = "no") do={ /snmp set enabled=yes }
`,
    remove: `/snmp community remove [/snmp community find where ${OURS}]
`,
    needs: ["read", "write", "sensitive"],
    expects: [
      { menu: "/snmp", by: {}, want: { enabled: "true" }, secret: [] },
      {
        menu: "/snmp/community",
        by: { name },
        want: { ...want, addresses, "read-access": "true", "write-access": "false" },
        secret: secret ? ["name"] : [],
      },
    ],
    remarks: secret ? [{ id: "snmp-clear", text: CLEARTEXT_WARNING }] : [],
  }
}
