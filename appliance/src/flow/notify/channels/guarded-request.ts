/**
 * A request to an address that a person gave. Every address that is connected to is judged after
 * its name was resolved, in the connection itself: a name that resolves differently a moment later
 * gains nothing. No redirects, no proxy of the environment.
 */
import { type LookupAddress, type LookupOptions, lookup } from "node:dns"
import { request as plain } from "node:http"
import { request as secure } from "node:https"
import { isIP, type LookupFunction } from "node:net"

/** Which addresses may be contacted. Tests allow loopback. */
export type AddressGuard = {
  readonly isAllowedAddress: (address: string) => boolean
  readonly protocols: readonly ("https:" | "http:")[]
}
export class AddressRejected extends Error {
  readonly code = "ADDRESS_REJECTED"
}

const MAX_ANSWER_BYTES = 16 * 1024

/** Of all addresses of a name each has to be allowed: which one is used is not for us to choose. */
const guardedLookup =
  ({ isAllowedAddress }: AddressGuard): LookupFunction =>
  (host, options: LookupOptions, done) => {
    lookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return done(error, "", 0)
      const [first] = found
      if (first === undefined || !found.every(({ address }) => isAllowedAddress(address)))
        return done(new AddressRejected("not a public address"), "", 0)
      return options.all === true ? done(null, found) : done(null, first.address, first.family)
    })
  }

/** Null: it may be contacted as far as its text tells; its addresses are judged when it is. */
export const wrongAddress = (
  text: string,
  { isAllowedAddress, protocols }: AddressGuard,
): "not-a-url" | "not-https" | "has-credentials" | "not-public" | null => {
  if (!URL.canParse(text)) return "not-a-url"
  const { protocol, hostname, username, password } = new URL(text)
  if (!protocols.some((one) => one === protocol)) return "not-https"
  if (username !== "" || password !== "") return "has-credentials"
  const host = hostname.replace(/^\[|\]$/g, "")
  if (isIP(host) !== 0) return isAllowedAddress(host) ? null : "not-public"
  return host.includes(".") || isAllowedAddress("127.0.0.1") ? null : "not-public"
}

export type GuardedAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Throws where no answer comes, `AddressRejected` where none was asked for. */
export const guardedPost = (
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer },
  guard: AddressGuard,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<GuardedAnswer> => {
  const wrong = wrongAddress(url, guard)
  if (wrong !== null) return Promise.reject(new AddressRejected(wrong))
  const send = new URL(url).protocol === "https:" ? secure : plain
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      {
        method: "POST",
        headers: { ...headers, "content-length": body.length },
        lookup: guardedLookup(guard),
        // A connection of its own: none that another guard has allowed is used again.
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      },
      (answer) => {
        const chunks: Buffer[] = []
        let size = 0
        const end = (): void =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: new Headers(
              Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
                typeof value === "string" ? [[name, value]] : [],
              ),
            ),
            text: Buffer.concat(chunks).toString("utf8"),
          })
        answer.on("data", (chunk: Buffer) => {
          size += chunk.length
          if (size <= MAX_ANSWER_BYTES) return chunks.push(chunk)
          end()
          return answer.destroy()
        })
        answer.on("end", end)
        answer.on("error", reject)
      },
    )
    sent.on("error", reject)
    sent.end(body)
  })
}
