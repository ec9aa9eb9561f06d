/** Why a line of an imported list is rejected, as a code and params: `messages/` renders it as text. */
import { z } from "zod"
import { FieldMessage } from "./field-messages.ts"
import { message } from "./message-schema.ts"

// The compiler does not see that an object with one of many codes is one of the messages.
const Why = FieldMessage as unknown as z.ZodType<FieldMessage>
const None = z.object({})
/** A cell as it stands in the list, cut and quoted. */
const Cell = z.object({ cell: z.string() })
const LineNumber = z.int().min(1)

export const ImportMessage = z.discriminatedUnion("code", [
  message("import.too-many", z.object({ limit: z.int() })),
  message("import.unreadable-character", None),
  message("import.fingerprint-without-tls", None),
  message("import.half-position", z.object({ other: z.enum(["latitude", "longitude"]) })),
  message("import.position-without-site", None),
  message("import.name-twice", z.object({ name: z.string(), line: LineNumber })),
  message(
    "import.other-position",
    z.object({ line: LineNumber, latitude: z.number(), longitude: z.number(), site: z.string() }),
  ),
  message("import.no-header", None),
  message("import.cell-without-column-name", Cell),
  message(
    "import.too-many-cells",
    z.object({ cells: z.int(), columns: z.int(), cell: z.string() }),
  ),
  message("import.column-missing", None),
  message("import.column-unknown", z.object({ columns: z.string() })),
  message("import.column-twice", None),
  message(
    "import.not-a-table",
    z.object({ why: z.enum(["quote-open", "quote-inside", "text-after-quote", "other"]) }),
  ),
  message(
    "import.not-found",
    z.object({ what: z.enum(["agent", "credential", "device"]), cell: z.string() }),
  ),
  /** `cell` is empty where the whole cell is. */
  message("import.text", z.object({ cell: z.string(), why: z.array(Why) })),
  message("import.empty", None),
  message("import.address", Cell),
  message("import.degrees", Cell),
  message(
    "import.degrees-range",
    z.object({ cell: z.string(), side: z.enum(["above", "below"]), limit: z.number() }),
  ),
  message("import.port", Cell),
  message("import.yes-no", Cell),
  message("import.roles", z.object({ cells: z.array(z.string()), roles: z.string() })),
  message("import.tags", z.object({ cells: z.array(z.string()) })),
  message("import.too-many-tags", z.object({ tags: z.int(), limit: z.int() })),
  message("import.tags-without-site", None),
  message("import.other-tags", z.object({ line: LineNumber, tags: z.string(), site: z.string() })),
  message("import.fingerprint", Cell),
  message("import.capacity", Cell),
  message("import.choice", z.object({ cell: z.string(), choices: z.string() })),
  message("import.same-device", None),
  message("import.link-twice", z.object({ line: LineNumber })),
  message("import.interface-linked", Cell),
])
export type ImportMessage = z.infer<typeof ImportMessage>
