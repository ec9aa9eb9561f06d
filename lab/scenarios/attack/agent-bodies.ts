/**
 * An enrolled agent sends bodies that are costly to process: nested brackets in gzip, many values,
 * many names, only invalid items.
 */
import { randomUUID } from "node:crypto"
import { gzipSync } from "node:zlib"
import { type Attack, expectThat, type Finding } from "./attack.ts"
import { type Answer, request } from "./request.ts"
import type { Testbed } from "./testbed.ts"

const MB = 1024 * 1024
const TIMES = 2
/** Twenty unusable bodies may arrive at once from an agent. */
const MAX_UNUSABLE = 30
/** A slower answer has blocked the main loop, on a machine like the reference. */
const MAX_ANSWER_MS = 2_000

const batchOf = (items: string): string =>
  `{"protocol":1,"buffer":"${randomUUID()}","number":1,"sentAtMs":${Date.now()},"items":${items}}`
const many = (count: number, of: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => of(n)).join(",")
const event = (attributes: string): string =>
  `{"kind":"event","id":"${randomUUID()}","device":"${randomUUID()}","name":"log","atMs":1,"source":"snmp","severity":"info","interface":null,"message":"","attributes":${attributes}}`

/** By their fault; each is sent in gzip, at a few KB. */
const bodies = (): readonly (readonly [string, string])[] => [
  ["30 MB of nested brackets", batchOf("[".repeat(30 * MB))],
  ["7 MB of nested brackets", batchOf("[".repeat(7 * MB))],
  ["nested objects", batchOf('{"a":'.repeat(MB))],
  ["7 MB of empty lists", batchOf(`[${"[],".repeat(2 * MB)}0]`)],
  ["an object of 200,000 names", batchOf(`[{${many(200_000, (n) => `"k${n}":0`)}}]`)],
  [
    "an event of 200,000 attributes",
    batchOf(`[${event(`{${many(200_000, (n) => `"k${n}":0`)}}`)}]`),
  ],
  [
    "1,500 events of 90 wrong attributes",
    batchOf(`[${many(1_500, () => event(`{${many(90, (n) => `"k${n}":0`)}}`))}]`),
  ],
  ["5,000 invalid items", batchOf(`[${many(5_000, () => '{"kind":"interface"}')}]`)],
  ["text that never ends", batchOf(`"${"\\".repeat(7 * MB)}`)],
]

const run = async ({ agentsUrl, rootPem, enrol }: Testbed): Promise<readonly Finding[]> => {
  const { cert, key } = await enrol("hostile")
  const send = (body: string | Buffer, headers: Record<string, string>): Promise<Answer> =>
    request(`${agentsUrl}/ingest/v1/batches`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
      tls: { ca: rootPem, cert, key },
    })
  const findings: Finding[] = []
  for (const [what, body] of bodies()) {
    const sent = gzipSync(Buffer.from(body))
    const answers: Answer[] = []
    for (let n = 0; n < TIMES; n += 1)
      answers.push(await send(sent, { "content-encoding": "gzip" }))
    const slowest = Math.round(Math.max(...answers.map(({ tookMs }) => tookMs)))
    const isAnswered = answers.every(
      ({ status, text }) => status < 500 && status >= 200 && text !== "",
    )
    findings.push(
      expectThat(
        `${what}, ${sent.length} bytes as sent, ${TIMES} times: a clear answer, soon`,
        isAnswered && slowest < MAX_ANSWER_MS,
        `${answers.map(({ status }) => status).join(" ")}, slowest ${slowest} ms; ${answers[0]?.text.slice(0, 120)}`,
      ),
    )
  }
  let last = 0
  for (let n = 0; n < MAX_UNUSABLE && last !== 429; n += 1) last = (await send("[", {})).status
  findings.push(expectThat("an agent that continues is told to wait (429)", last === 429, last))
  return findings
}

export const agentBodies: Attack = {
  name: "agent-bodies",
  about:
    "an enrolled agent sends small bodies that are costly to inflate; others are served meanwhile",
  run,
}
