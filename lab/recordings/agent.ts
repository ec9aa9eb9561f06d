/** The parts of the agent that recordings are played through. */

export { createBuffer, type SegmentStore } from "../../agent/src/buffer/buffer.ts"
export { openDiskStore } from "../../agent/src/buffer/disk-store.ts"
export { findFping } from "../../agent/src/collect/reachability/fping.ts"
export { Pinger } from "../../agent/src/collect/reachability/ping.ts"
export { systemDial } from "../../agent/src/collect/routeros/client/dial.ts"
export { openConnection } from "../../agent/src/collect/routeros/client/open.ts"
export { createRouterOsCollectors } from "../../agent/src/collect/routeros/collectors/collectors.ts"
export { Schedule } from "../../agent/src/collect/scheduler/scheduler.ts"
export { createSnmpCollectors } from "../../agent/src/collect/snmp/collectors/collectors.ts"
export { startSyslog } from "../../agent/src/collect/syslog/syslog.ts"
export { startTraps } from "../../agent/src/collect/traps/traps.ts"
export { Normalizer } from "../../agent/src/normalize/normalize.ts"
