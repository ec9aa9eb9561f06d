/** Storage on loopback that speaks as much of S3 as backups need, and keeps objects in memory. */
import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

type Fault = { readonly status: number; readonly code: string }
export type S3Server = {
  readonly url: string
  /** By path, percent-encoded as it was asked for. */
  readonly objects: ReadonlyMap<string, Buffer>
  /** Uploads that were begun, and neither completed nor aborted. */
  readonly unfinished: () => number
  /** Sizes of the parts of the upload that was completed last. */
  readonly parts: () => readonly number[]
  /** The next request of this kind is refused; a completion may fail after its 200. */
  readonly refuse: (what: "part" | "completion" | null, fault?: Fault) => void
  readonly close: () => void
}
type Upload = { readonly path: string; readonly parts: Map<number, Buffer> }

const tagOf = (bytes: Buffer): string => `"${createHash("md5").update(bytes).digest("hex")}"`
const errorXml = (code: string): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as the test asks</Message></Error>`
const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Null: the list is not that of the parts, in their order. */
const assembled = (upload: Upload, xml: string): readonly Buffer[] | null => {
  const listed = [
    ...xml.matchAll(/<Part><PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag><\/Part>/g),
  ]
  const parts = listed.map(([, number, tag], index) => {
    const part = upload.parts.get(Number(number))
    return Number(number) === index + 1 && part !== undefined && tagOf(part) === tag ? part : null
  })
  const found = parts.filter((part) => part !== null)
  return found.length === upload.parts.size && found.length === parts.length ? found : null
}

type Refused = { readonly what: "part" | "completion"; readonly fault: Fault }
type Store = {
  readonly objects: Map<string, Buffer>
  readonly uploads: Map<string, Upload>
  sizes: readonly number[]
  begun: number
  refused: Refused | null
}

const deny = (response: ServerResponse, { status, code }: Fault): void => {
  response.writeHead(status, { "content-type": "application/xml" }).end(errorXml(code))
}
/** Once. */
const faultOf = (store: Store, what: Refused["what"]): Fault | null => {
  const fault = store.refused?.what === what ? store.refused.fault : null
  if (fault !== null) store.refused = null
  return fault
}

const begin = (store: Store, path: string, response: ServerResponse): void => {
  store.begun += 1
  // With characters that have to be encoded in a query.
  const id = `upload/${store.begun}+=`
  store.uploads.set(id, { path, parts: new Map() })
  response.end(`<UploadId>${id}</UploadId>`)
}

const complete = (store: Store, id: string, upload: Upload, xml: string): boolean => {
  const whole = assembled(upload, xml)
  if (whole === null) return false
  store.sizes = whole.map(({ length }) => length)
  store.objects.set(upload.path, Buffer.concat(whole))
  store.uploads.delete(id)
  return true
}

const ofUpload = async (
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): Promise<void> => {
  const id = query.get("uploadId") ?? ""
  const body = await readBody(request)
  const upload = store.uploads.get(id)
  if (upload === undefined) return deny(response, { status: 404, code: "NoSuchUpload" })
  if (request.method === "DELETE") {
    store.uploads.delete(id)
    response.writeHead(204).end()
    return
  }
  const isPart = request.method === "PUT"
  const fault = faultOf(store, isPart ? "part" : "completion")
  if (fault !== null) return deny(response, fault)
  if (isPart) {
    upload.parts.set(Number(query.get("partNumber")), body)
    response.setHeader("etag", tagOf(body)).end()
  } else if (complete(store, id, upload, body.toString()))
    response.end("<CompleteMultipartUploadResult/>")
  else deny(response, { status: 400, code: "InvalidPart" })
}

const ofObject = ({ objects }: Store, method: string, path: string, to: ServerResponse): void => {
  const object = objects.get(path)
  if (method === "DELETE") {
    objects.delete(path)
    to.writeHead(204).end()
  } else if (object === undefined) deny(to, { status: 404, code: "NoSuchKey" })
  else to.end(object)
}

export const startS3Server = async (accessKeyId: string): Promise<S3Server> => {
  const store: Store = {
    ...{ objects: new Map(), uploads: new Map() },
    ...{ sizes: [], begun: 0, refused: null },
  }
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request
    const { pathname, searchParams } = new URL(url, "http://storage")
    if (headers.authorization?.includes(`Credential=${accessKeyId}/`) !== true)
      deny(response, { status: 403, code: "InvalidAccessKeyId" })
    else if (searchParams.has("uploadId"))
      void ofUpload(store, request, response, searchParams) // the answer is what is waited for
    else if (method === "POST") begin(store, pathname, response)
    else ofObject(store, method, pathname, response)
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    objects: store.objects,
    unfinished: () => store.uploads.size,
    parts: () => store.sizes,
    refuse: (what, fault = { status: 403, code: "AccessDenied" }) => {
      store.refused = what === null ? null : { what, fault }
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
