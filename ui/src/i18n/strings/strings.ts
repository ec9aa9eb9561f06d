/** Every word the screens say, in one table: a section a file, so that a language is one folder. */
import { access } from "./access.ts"
import { agents } from "./agents.ts"
import { audit } from "./audit.ts"
import { causes } from "./causes.ts"
import { companion } from "./companion.ts"
import { components } from "./components.ts"
import { encoding } from "./encoding.ts"
import { incidents } from "./incidents.ts"
import { links } from "./links.ts"
import { network } from "./network.ts"
import { pages } from "./pages.ts"
import { people } from "./people.ts"
import { shell } from "./shell.ts"
import { terms } from "./terms.ts"

export const t = {
  terms,
  components,
  shell,
  access,
  agents,
  audit,
  causes,
  companion,
  encoding,
  incidents,
  links,
  network,
  pages,
  people,
} as const
