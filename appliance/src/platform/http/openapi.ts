/** OpenAPI 3.1 out of the same table that serves the requests. */
import { z } from "zod"
import { Problem } from "../../api/shared.ts"
import type { Route } from "./http.ts"

const jsonSchema = (schema: z.ZodType, io: "input" | "output"): z.core.JSONSchema.BaseSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  })
  return rest
}

const parameters = (schema: z.ZodType | undefined, place: "path" | "query") => {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = jsonSchema(schema, "input")
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }))
}

type OpenApiOptions = {
  readonly version: string
  /** Path prefix of every route. */
  readonly base: string
  readonly cookie: string
}

const operation = (route: Route) => ({
  summary: route.summary,
  operationId: `${route.method.toLowerCase()}${route.path.replaceAll(/[{}]/g, "").replaceAll(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase())}`,
  tags: [route.path.split("/")[1] ?? "api"],
  parameters: [...parameters(route.params, "path"), ...parameters(route.query, "query")],
  ...(route.body === undefined
    ? {}
    : {
        requestBody: {
          required: true,
          content: { "application/json": { schema: jsonSchema(route.body, "input") } },
        },
      }),
  responses: {
    [route.status]:
      route.answer === undefined
        ? { description: "Done" }
        : {
            description: "Answer",
            content: { "application/json": { schema: jsonSchema(route.answer, "output") } },
          },
    default: {
      description: "Problem",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  },
  ...(route.permission === "public" ? { security: [] } : { "x-permission": route.permission }),
})

/** `cookie`: the name of the session cookie that this listener really sets. */
export const openApi = (
  routes: readonly Route[],
  { version, base, cookie }: OpenApiOptions,
): unknown => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = `${base}${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: "3.1.0",
    info: { title: "ISP Visual Monitor", version },
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(Problem, "output") },
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: cookie },
        token: { type: "http", scheme: "bearer" },
      },
    },
  }
}
