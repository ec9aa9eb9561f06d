/** The kinds of recordings. A new one is a file of this folder and a line here. */
import type { RecordingKind } from "./result.ts"
import { routerOsRecordings } from "./routeros.ts"
import { snmpRecordings } from "./snmp.ts"
import { syslogRecordings } from "./syslog.ts"

export const KINDS: readonly RecordingKind[] = [
  snmpRecordings,
  syslogRecordings,
  routerOsRecordings,
]
