/**
 * The English catalogue, one file per section. Other languages have the same keys, checked by the
 * compiler.
 */
import { en as messages } from "@ispvm/appliance/messages/en"
import { access } from "./access.ts"
import { agents } from "./agents.ts"
import { causes } from "./causes.ts"
import { collectors } from "./collectors.ts"
import { components } from "./components.ts"
import { encoding } from "./encoding.ts"
import { filters, handover } from "./filters.ts"
import { health } from "./health.ts"
import { incidents } from "./incidents.ts"
import { links } from "./links.ts"
import { lists } from "./lists.ts"
import { maintenance } from "./maintenance.ts"
import { metrics } from "./metrics.ts"
import { network } from "./network.ts"
import { notifications } from "./notifications.ts"
import { pages } from "./pages.ts"
import { people } from "./people.ts"
import { probes } from "./probes.ts"
import { ranges } from "./ranges.ts"
import { requests } from "./requests.ts"
import { shell } from "./shell.ts"
import { tables } from "./tables.ts"
import { terms } from "./terms.ts"
import { update } from "./update.ts"
import { workflow } from "./workflow.ts"

export const english = {
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
} as const
