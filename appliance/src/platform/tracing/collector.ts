/** Sends spans to a collector: OTLP over HTTP, as JSON. */
import { readFile } from "node:fs/promises"
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer"
import type { SendSpans } from "./span-queue.ts"

export type Collector = {
  /** Complete, such as http://collector.example.net:4318/v1/traces */
  readonly url: string
  /** Lines `Name: value`, read for each request, so that a token can be replaced. */
  readonly headersFile: string | null
  readonly timeoutMs?: number
}
const TIMEOUT_MS = 5_000

const HEADER = /^([\w.-]+):[ \t]*([\x20-\x7e]*?)\s*$/
const parseHeaders = (text: string): Headers => {
  const headers = new Headers()
  for (const [n, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue
    const [, name, value] = HEADER.exec(line) ?? []
    if (name === undefined || value === undefined)
      throw new Error(`line ${n + 1} of the file of headers is not "Name: value"`)
    headers.append(name, value)
  }
  return headers
}

/** An error names the line, never what it holds. */
const readHeaders = async (file: string | null): Promise<Headers> => {
  const headers = parseHeaders(file === null ? "" : await readFile(file, "utf8"))
  headers.set("content-type", "application/json")
  return headers
}

/** Throws when the collector has not taken them. There is no further try: the next spans wait. */
export const createSendSpans =
  ({ url, headersFile, timeoutMs = TIMEOUT_MS }: Collector): SendSpans =>
  async (spans, stopping) => {
    const body = JsonTraceSerializer.serializeRequest([...spans])
    if (body === undefined) throw new Error("the spans cannot be written as JSON")
    const response = await fetch(url, {
      method: "POST",
      headers: await readHeaders(headersFile),
      body: new Uint8Array(body),
      // Another host must not get the headers.
      redirect: "error",
      signal: AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]),
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`the collector answers ${response.status}`)
  }
