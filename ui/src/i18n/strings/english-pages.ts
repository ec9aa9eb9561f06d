/** The English texts of pages that load later. They are no part of the first view's script. */
import { agentPage } from "./agent-page.ts"
import { audit } from "./audit.ts"
import { backup } from "./backup.ts"
import { collecting } from "./collecting.ts"
import { companion } from "./companion.ts"
import { deviceFaults } from "./device-faults.ts"
import { diagnostics } from "./diagnostics.ts"
import { discovery } from "./discovery.ts"
import { impact } from "./impact.ts"
import { importPage } from "./import-page.ts"
import { map } from "./map.ts"
import { onCall } from "./on-call.ts"
import { policyForm } from "./policy-form.ts"
import { reading } from "./reading.ts"
import { restore } from "./restore.ts"
import { rules } from "./rules.ts"
import { runbooks } from "./runbooks.ts"
import { tokens } from "./tokens.ts"
import { walls } from "./walls.ts"

export const englishPages = {
  agentPage,
  audit,
  backup,
  collecting,
  companion,
  deviceFaults,
  diagnostics,
  impact,
  discovery,
  importPage,
  map,
  onCall,
  policyForm,
  tokens,
  walls,
  reading,
  restore,
  rules,
  runbooks,
} as const
