/** Branded ids, so that ids of different things cannot be mixed up. Parsed where they enter. */
import { z } from "zod"

export const OrgId = z.uuid().brand<"OrgId">()
export type OrgId = z.infer<typeof OrgId>
export const AccountId = z.uuid().brand<"AccountId">()
export type AccountId = z.infer<typeof AccountId>
export const RegionId = z.uuid().brand<"RegionId">()
export type RegionId = z.infer<typeof RegionId>
export const SiteId = z.uuid().brand<"SiteId">()
export type SiteId = z.infer<typeof SiteId>
export const DeviceId = z.uuid().brand<"DeviceId">()
export type DeviceId = z.infer<typeof DeviceId>
export const LinkId = z.uuid().brand<"LinkId">()
export type LinkId = z.infer<typeof LinkId>
export const AgentId = z.uuid().brand<"AgentId">()
export type AgentId = z.infer<typeof AgentId>
export const CredentialId = z.uuid().brand<"CredentialId">()
export type CredentialId = z.infer<typeof CredentialId>
export const IncidentId = z.uuid().brand<"IncidentId">()
export type IncidentId = z.infer<typeof IncidentId>
export const AlertId = z.uuid().brand<"AlertId">()
export type AlertId = z.infer<typeof AlertId>
/** The small integer that series of a port are keyed by. */
export const InterfaceId = z.int().positive().brand<"InterfaceId">()
export type InterfaceId = z.infer<typeof InterfaceId>
