/** Every word the screens say, in one table: a section a file, so that a language is one folder. */
import { access } from "./access.ts"
import { agents } from "./agents.ts"
import { audit } from "./audit.ts"
import { causes } from "./causes.ts"
import { companion } from "./companion.ts"
import { encoding } from "./encoding.ts"
import { frame } from "./frame.ts"
import { incidents } from "./incidents.ts"
import { links } from "./links.ts"
import { network } from "./network.ts"
import { pages } from "./pages.ts"
import { parts } from "./parts.ts"
import { people } from "./people.ts"
import { terms } from "./terms.ts"

export const t = {
  terms,
  parts,
  frame,
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
