/** The API of an appliance in a container, as a browser calls it. */
import { join } from "node:path"
import { z } from "zod"
import type { Container } from "./container.ts"

export const PERSON = { name: "Ada", email: "ada@example.net", password: "seven horses in a row" }

const Listed = z.object({ items: z.array(z.looseObject({ id: z.string() })) })
export type Item = z.infer<typeof Listed>["items"][number]
export const Agents = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      enrolment: z.string(),
      certificateSerial: z.string().nullable(),
      lastSeenAtMs: z.number().nullable(),
    }),
  ),
})
export type Agent = z.infer<typeof Agents>["items"][number]

export type Api = {
  readonly send: (method: string, path: string, body?: object) => unknown
  readonly list: (path: string) => readonly Item[]
  readonly add: (path: string, body: object) => string
  readonly agent: (name: string) => Agent | undefined
}

/** `folder`: for its cookies. */
export const apiOf = ({ curl, url }: Pick<Container, "curl" | "url">, folder: string): Api => {
  const jar = join(folder, "cookies")
  const send = (method: string, path: string, body?: object): unknown => {
    const { stdout, code, stderr } = curl(
      ...["--request", method, "--cookie", jar, "--cookie-jar", jar, "--header", `origin: ${url}`],
      ...["--header", "content-type: application/json", "--write-out", "\n%{http_code}"],
      ...(body === undefined ? [] : ["--data", JSON.stringify(body)]),
      `${url}/api/v1${path}`,
    )
    const at = stdout.lastIndexOf("\n")
    const [text, status] = [stdout.slice(0, at), Number(stdout.slice(at + 1))]
    if (code !== 0 || status >= 300)
      throw new Error(`${method} ${path}: ${status} ${text}${stderr}`)
    return text === "" ? null : JSON.parse(text)
  }
  return {
    send,
    list: (path) => Listed.parse(send("GET", path)).items,
    add: (path, body) => z.object({ id: z.string() }).parse(send("POST", path, body)).id,
    agent: (name) =>
      Agents.parse(send("GET", "/agents")).items.find((agent) => agent.name === name),
  }
}
