/** Schemas of request bodies for forms. Loaded when the first form opens. */
import "./zod-without-eval.ts"

export { TestRequest } from "@ispvm/appliance/api/access-test"
export { AgentInput } from "@ispvm/appliance/api/agents"
export { BackupSettings } from "@ispvm/appliance/api/backup"
export { CompanionInput } from "@ispvm/appliance/api/companion"
export { fieldErrorsOf } from "@ispvm/appliance/api/field-messages"
export { ImportRequest } from "@ispvm/appliance/api/import-lists"
export {
  CredentialInput,
  DeviceChange,
  DeviceInput,
  LinkInput,
  SiteInput,
} from "@ispvm/appliance/api/inventory"
export { MaintenanceInput } from "@ispvm/appliance/api/maintenance"
export { ChannelInput, HeartbeatInput, Policy, Schedule } from "@ispvm/appliance/api/notifications"
export { ProbeInput, ProbesFromTemplate } from "@ispvm/appliance/api/probes"
export { RestoreRequest } from "@ispvm/appliance/api/restore"
export {
  AccountCreate,
  AccountPatch,
  LoginRequest,
  SetupRequest,
} from "@ispvm/appliance/api/session"
export { ApiTokenCreate } from "@ispvm/appliance/api/tokens"
export { WallDisplayCreate } from "@ispvm/appliance/api/wall-displays"
