/** Which parts a router's script has, in the order in which they are done. */
import type { Draft } from "./draft.ts"
import { account } from "./parts/account.ts"
import { apiPlain, apiTls } from "./parts/api-service.ts"
import { authority } from "./parts/authority.ts"
import { clock, deviceMode, undoRecord } from "./parts/device.ts"
import { firewall } from "./parts/firewall.ts"

import { snmpAccess } from "./parts/snmp.ts"
import { syslog } from "./parts/syslog.ts"
import { pushParts } from "./push/push.ts"
import { everything } from "./widest.ts"
import type { Wish } from "./wish.ts"

/** What is wished for, without what is not. */
export const wishedParts = (wish: Wish): readonly Draft[] =>
  [
    deviceMode(wish),
    clock(wish),
    undoRecord(),
    authority(wish),
    account(wish),
    apiTls(wish),
    apiPlain(wish),
    snmpAccess(wish),
    firewall(wish),
    syslog(wish),
    ...pushParts(wish),
  ].filter((each) => each !== null)

/** Where the service uses it still, the certificate goes only with the undoing. */
const STAYS: ReadonlySet<string> = new Set(["api-tls"])

/** What an earlier script of another wish may have left. */
const unwished = (wish: Wish, wished: readonly Draft[]): Draft | null => {
  const kept = new Set([...wished.map(({ id }) => id), ...STAYS])
  const others = wishedParts(everything(wish)).filter(({ id, remove }) => remove !== "" && !kept.has(id))
  if (others.length === 0) return null
  return {
    id: "unwished",
    title: "Take out what is not wished for any more",
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

export const onboardParts = (wish: Wish): readonly Draft[] => {
  const wished = wishedParts(wish)
  const left = unwished(wish, wished)
  return left === null ? wished : [...wished, left]
}
