/**
 * An endpoint as somebody would add it: a row in the table, and a route in the `routes.ts` of a
 * module. Loaded before the program (`--import`), it makes these two edits to the source text.
 */
import { registerHooks } from "node:module"
import { pathToFileURL } from "node:url"

const edited = (source: string, at: string, text: string): string => {
  if (source.split(at).length !== 2) throw new Error(`not once in the source: ${at}`)
  return source.replace(at, `${text}${at}`)
}

/** File and edit; the same list stands in .ci/extension-points.json. */
export const EDITS: Readonly<Record<string, (source: string) => string>> = {
  "appliance/src/api/endpoints.ts": (source) =>
    edited(
      source,
      '  "GET /health": {',
      `  "POST /made-ups/{id}": {
    params: Id,
    body: z.strictObject({ note: z.string().min(3).max(20), count: z.int().default(1) }),
    answer: z.object({ id: z.string(), text: z.string() }),
  },
`,
    ),
  "appliance/src/operate/fleet/routes.ts": (source) =>
    edited(
      source,
      '  route({\n    ...endpoint("GET /devices"),',
      `  route({
    ...endpoint("POST /made-ups/{id}"),
    permission: "inventory:write",
    summary: "A made-up endpoint",
    handle: async ({ params, body }, { email }) => ({
      id: params.id,
      text: \`\${body.note} \${body.count} \${email}\`,
    }),
  }),
`,
    ),
}

const root = new URL("../..", import.meta.url)
if (process.argv[1]?.endsWith("/main.ts"))
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context)
      const edit = Object.entries(EDITS).find(([file]) => new URL(file, root).href === url)?.[1]
      return edit === undefined ? loaded : { ...loaded, source: edit(String(loaded.source ?? "")) }
    },
  })
export const preload = pathToFileURL(import.meta.filename).href
