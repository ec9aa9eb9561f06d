/** Names and addresses in texts that devices wrote: agents and the appliance hide them alike. */
export { isAddress, withoutAddresses } from "./addresses.ts"
export { createEventRedactor, isAboutNetwork, type RedactableEvent } from "./events.ts"
export {
  createMemory,
  createNames,
  hasSession,
  LEFT_OUT,
  MASK,
  type Memory,
  type Names,
  PSEUDONYM,
  type TextRedaction,
} from "./names.ts"
