/** All alert kinds. The engine evaluates them in this order: an agent before what it observes. */
import { agentOffline } from "./agent-offline.ts"
import { deviceUnreachable } from "./device-unreachable.ts"
import { interfaceDown } from "./interface-down.ts"
import type { AlertKind } from "./kind.ts"

export const KINDS: readonly AlertKind[] = [agentOffline, deviceUnreachable, interfaceDown]
