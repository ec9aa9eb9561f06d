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
import type { Wish } from "./wish.ts"

export const onboardParts = (wish: Wish): readonly Draft[] =>
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
