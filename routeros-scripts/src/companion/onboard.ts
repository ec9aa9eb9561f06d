/** The parts of an onboarding script, in their order. */

import type { DesiredConfig } from "./desired-config.ts"
import { fullConfig } from "./full-config.ts"
import type { PartSpec } from "./part-spec.ts"
import { account } from "./parts/account.ts"
import { apiPlain, apiTls } from "./parts/api-service.ts"
import { authority } from "./parts/authority.ts"
import { clock, deviceMode, undoRecord } from "./parts/device.ts"
import { firewall } from "./parts/firewall.ts"
import { snmpAccess } from "./parts/snmp.ts"
import { syslog } from "./parts/syslog.ts"
import { pushParts } from "./push/push.ts"

/** The parts of the configuration, without those it leaves out. */
export const desiredParts = (desired: DesiredConfig): readonly PartSpec[] =>
  [
    deviceMode(desired),
    clock(desired),
    undoRecord(),
    authority(desired),
    account(desired),
    apiTls(desired),
    apiPlain(desired),
    snmpAccess(desired),
    firewall(desired),
    syslog(desired),
    ...pushParts(desired),
  ].filter((each) => each !== null)

/** Where the service still uses the certificate, it is removed only with the restore. */
const STAYS: ReadonlySet<string> = new Set(["api-tls"])

/** Parts that an earlier script with another configuration may have left. */
const leftoverPart = (desired: DesiredConfig, parts: readonly PartSpec[]): PartSpec | null => {
  const keptIds = new Set([...parts.map(({ id }) => id), ...STAYS])
  const others = desiredParts(fullConfig(desired)).filter(
    ({ id, remove }) => remove !== "" && !keptIds.has(id),
  )
  if (others.length === 0) return null
  return {
    id: "unwished",
    title: "Remove what is no longer configured",
    why: `Where an earlier script set it up: ${others.map(({ id }) => id).join(", ")}. By our tag alone; on a router without any of it nothing happens.`,
    text: others
      .toReversed()
      .map(({ remove }) => remove)
      .join(""),
    remove: "",
    needs: [...new Set(others.flatMap(({ needs }) => needs))],
    expects: [],
    remarks: [],
  }
}

export const onboardParts = (desired: DesiredConfig): readonly PartSpec[] => {
  const parts = desiredParts(desired)
  const leftover = leftoverPart(desired, parts)
  return leftover === null ? parts : [...parts, leftover]
}
