/**
 * Load for an appliance that is stopped meanwhile: adds sites and reads them, several at once, until
 * its input ends. Prints which sites were acknowledged, and which answers were cut off.
 *
 *   node images/nspawn/load-sites.ts ORIGIN COOKIES
 *
 * COOKIES: curl's file, with the session.
 */
import { readFileSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"

const AT_ONCE = 8
const PAUSE_MS = 20
const TIMEOUT_MS = 60_000
const [origin = "", cookies = ""] = process.argv.slice(2)
const cookie = readFileSync(cookies, "utf8")
  .split("\n")
  .map((line) => line.replace(/^#HttpOnly_/, "").split("\t"))
  .filter((fields) => fields.length === 7)
  .map((fields) => `${fields[5]}=${fields[6]}`)
  .join("; ")

const acknowledged: string[] = []
const broken: string[] = []
const answers: Record<string, number> = {}
const count = (what: string): void => {
  answers[what] = (answers[what] ?? 0) + 1
}

/** An answer is whole or none: its headers promise a body. */
const ask = async (path: string, name: string | null): Promise<void> => {
  let answer: Response
  try {
    answer = await fetch(`${origin}/api/v1${path}`, {
      headers: { cookie, origin, "content-type": "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(name === null ? {} : { method: "POST", body: JSON.stringify({ name }) }),
    })
  } catch {
    count("none")
    await delay(PAUSE_MS)
    return
  }
  count(`${name === null ? "GET" : "POST"} ${answer.status}`)
  try {
    JSON.parse(await answer.text())
  } catch (error) {
    broken.push(`${path} ${answer.status}: ${error}`)
  }
  if (name !== null && answer.status < 300) acknowledged.push(name)
}

let isOver = false
process.stdin.resume().once("end", () => {
  isOver = true
})
const work = async (worker: number): Promise<void> => {
  for (let n = 0; !isOver; n += 1) {
    await ask("/sites", `load ${worker} ${n}`)
    await ask("/sites", null)
  }
}
process.stdout.write("running\n")
await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => work(worker)))
process.stdout.write(JSON.stringify({ acknowledged, answers, broken }))
