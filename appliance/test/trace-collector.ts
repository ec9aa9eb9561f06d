/** A receiver of OTLP over HTTP that parses what it gets, or behaves as a broken one does. */
import { once } from "node:events"
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import { text as readText } from "node:stream/consumers"
import { z } from "zod"

const Value = z
  .union([
    z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
    z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
    z
      .object({ intValue: z.union([z.string(), z.number()]) })
      .transform(({ intValue }) => Number(intValue)),
    z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  ])
  .optional()
const Attributes = z
  .array(z.object({ key: z.string(), value: Value }))
  .transform(
    (list): Readonly<Record<string, unknown>> =>
      Object.fromEntries(list.map(({ key, value }) => [key, value])),
  )
const Span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().default(""),
  name: z.string(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes: Attributes,
  /** 2: error. */
  status: z.object({ code: z.number().default(0) }),
})
export type ReceivedSpan = z.infer<typeof Span>
const Body = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
})

export type CollectorMode = "takes" | "hangs" | "fails" | "redirects"

export const startCollector = async (mode: CollectorMode) => {
  const spans: ReceivedSpan[] = []
  const resources: Readonly<Record<string, unknown>>[] = []
  const headers: IncomingHttpHeaders[] = []
  let text = ""
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    headers.push(request.headers)
    void readText(request).then((body) => answer(body, response))
  })
  const answer = (body: string, response: ServerResponse): void => {
    text += body
    switch (mode) {
      case "hangs":
        return
      case "fails":
        response.writeHead(500).end("no room")
        return
      case "redirects":
        response.writeHead(307, { location: "http://127.0.0.1:9/v1/traces" }).end()
        return
      case "takes": {
        const { resourceSpans } = Body.parse(JSON.parse(body))
        for (const { resource, scopeSpans } of resourceSpans) {
          resources.push(resource.attributes)
          spans.push(...scopeSpans.flatMap((scope) => scope.spans))
        }
        response.writeHead(200, { "content-type": "application/json" }).end("{}")
      }
    }
  }
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    resources,
    headers,
    /** All that was sent. */
    text: () => text,
    requests: () => requests,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
export type TraceCollector = Awaited<ReturnType<typeof startCollector>>
