/**
 * The contract between agent and appliance: every message as a schema and its inferred type. The
 * agent's package owns it, because operators audit that side. Schemas are strict: a field that they
 * do not name is rejected. docs/wire.md describes the exchange; fixtures/ has recorded messages of
 * each protocol version.
 */
export {
  Access,
  SNMP_AUTH_PROTOCOLS,
  SNMP_PRIV_PROTOCOLS,
  SnmpAuthProtocol,
  SnmpPrivProtocol,
  SnmpV2cAccess,
  SnmpV3Access,
} from "./access.ts"
export * from "./api.ts"
export * from "./assignment.ts"
export * from "./batch.ts"
export * from "./collectors.ts"
export {
  type Contact,
  checkDestination,
  type DestinationResult,
  type DestinationRules,
  destinationSentence,
  isWithin,
  literalAddress,
  Network,
} from "./destinations.ts"
export * from "./diagnostics.ts"
export * from "./enrolment.ts"
export * from "./events.ts"
export * from "./facts.ts"
export * from "./heartbeat.ts"
export * from "./log-meanings.ts"
export * from "./package.ts"
export * from "./probes.ts"
export * from "./redaction.ts"
export {
  type CellValue,
  cellOf,
  MAX_ROWS_PER_ITEM,
  type RowEntry,
  Rows,
  type RowValues,
} from "./rows.ts"
export * from "./samples.ts"
export * from "./tasks.ts"
export * from "./text-encoding.ts"
export { AgentId, DeviceId, EpochMs, LIMITS, Source, storable } from "./values.ts"
