import { tr as messages } from "@ispvm/appliance/messages/tr"
import type { Messages, PageMessages } from "../../translation.ts"
import { access } from "./access.ts"
import { agentPage } from "./agent-page.ts"
import { agents } from "./agents.ts"
import { audit } from "./audit.ts"
import { backup } from "./backup.ts"
import { causes } from "./causes.ts"
import { collecting } from "./collecting.ts"
import { collectors } from "./collectors.ts"
import { companion } from "./companion.ts"
import { components } from "./components.ts"
import { deviceFaults } from "./device-faults.ts"
import { diagnostics } from "./diagnostics.ts"
import { discovery } from "./discovery.ts"
import { encoding } from "./encoding.ts"
import { filters, handover } from "./filters.ts"
import { health } from "./health.ts"
import { impact } from "./impact.ts"
import { importPage } from "./import-page.ts"
import { incidents } from "./incidents.ts"
import { links } from "./links.ts"
import { lists } from "./lists.ts"
import { maintenance } from "./maintenance.ts"
import { map } from "./map.ts"
import { metrics } from "./metrics.ts"
import { network } from "./network.ts"
import { notifications } from "./notifications.ts"
import { onCall } from "./on-call.ts"
import { pages } from "./pages.ts"
import { people } from "./people.ts"
import { policyForm } from "./policy-form.ts"
import { probes } from "./probes.ts"
import { ranges } from "./ranges.ts"
import { reading } from "./reading.ts"
import { requests } from "./requests.ts"
import { restore } from "./restore.ts"
import { rules } from "./rules.ts"
import { runbooks } from "./runbooks.ts"
import { shell } from "./shell.ts"
import { tables } from "./tables.ts"
import { terms } from "./terms.ts"
import { tokens } from "./tokens.ts"
import { update } from "./update.ts"
import { walls } from "./walls.ts"
import { workflow } from "./workflow.ts"

export const turkish: Messages = {
  terms,
  components,
  shell,
  access,
  agents,
  causes,
  collectors,
  encoding,
  filters,
  handover,
  health,
  incidents,
  links,
  lists,
  maintenance,
  probes,
  messages,
  metrics,
  network,
  notifications,
  pages,
  people,
  ranges,
  requests,
  tables,
  update,
  workflow,
}

export const turkishPages: PageMessages = {
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
}
