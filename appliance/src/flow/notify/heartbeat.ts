/**
 * A dead-man heartbeat: a request every minute to a monitor outside, only while the appliance
 * evaluates. If it stops, the monitor notifies.
 */
import type { Heartbeat } from "../../api/notifications.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import { PLACES, seal, unseal } from "../../registry/secrets/secrets.ts"
import { failureOf, request, shown } from "./channels/http.ts"
import { noteHeartbeat, readHeartbeat, writeHeartbeat } from "./heartbeat-store.ts"

const EVERY_S = 60

export type HeartbeatDeps = {
  readonly jobs: Db
  readonly ui: Db
  readonly clock: Clock
  readonly masterKey: Buffer
  readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
  readonly onError: (error: unknown) => void
}
export type Heartbeats = {
  readonly view: (org: OrgId) => Promise<Heartbeat>
  /** Null: none is sent any more. */
  readonly change: (actor: Actor, url: string | null) => Promise<Heartbeat>
  /** One request of each organisation; also called once a minute. */
  readonly send: () => Promise<void>
  /** `isAlive`: whether faults are evaluated now. */
  readonly start: (isAlive: () => boolean) => void
  readonly stop: () => void
}

const openUrl = (key: Buffer, org: OrgId, sealed: Buffer): string => {
  const opened = unseal(key, PLACES.heartbeat(org), sealed)
  if (!opened.ok) throw new Error("The address of the heartbeat cannot be decrypted.")
  return opened.text
}

const requestUrl = async (
  url: string,
  signal: AbortSignal,
): Promise<{ readonly isOk: boolean; readonly answer: string }> => {
  try {
    const { status, text } = await request(url, { method: "GET" }, signal)
    const said = shown(text, [url])
    const answer = said === "" ? `HTTP ${status}` : `HTTP ${status}: ${said}`
    return { isOk: status >= 200 && status < 300, answer }
  } catch (error) {
    return { isOk: false, answer: failureOf(error).answer }
  }
}

export const createHeartbeats = (deps: HeartbeatDeps): Heartbeats => {
  const { jobs, ui, clock, masterKey, orgs, onError } = deps
  const stopping = new AbortController()
  let isAlive: () => boolean = () => true
  let timer: NodeJS.Timeout | undefined
  const view = (org: OrgId): Promise<Heartbeat> =>
    ui.asOrg(org, async (tx) => {
      const row = await readHeartbeat(tx, org)
      if (row === null) return { host: null, everyS: EVERY_S, lastOkAtMs: null, lastAnswer: null }
      const { lastOkAtMs, lastAnswer } = row
      const { host } = new URL(openUrl(masterKey, org, row.url))
      return { host, everyS: EVERY_S, lastOkAtMs, lastAnswer }
    })
  const send = async (): Promise<void> => {
    if (!isAlive()) return
    for (const { id } of await orgs()) await sendOf(id).catch(onError)
  }
  const sendOf = async (org: OrgId): Promise<void> => {
    const row = await jobs.asOrg(org, (tx) => readHeartbeat(tx, org))
    if (row === null) return
    const outcome = await requestUrl(openUrl(masterKey, org, row.url), stopping.signal)
    await jobs.asOrg(org, (tx) => noteHeartbeat(tx, org, outcome, clock.now()))
  }
  return {
    view,
    send,
    change: async (actor, url) => {
      const sealed = url === null ? null : seal(masterKey, PLACES.heartbeat(actor.org), url)
      await ui.asOrg(actor.org, async (tx) => {
        await writeHeartbeat(tx, actor.org, sealed)
        const detail = { host: url === null ? null : new URL(url).host }
        await write(tx, actor, "heartbeat.changed", "heartbeat", null, detail)
      })
      void send().catch(onError)
      return await view(actor.org)
    },
    start: (given) => {
      isAlive = given
      timer = setInterval(() => void send().catch(onError), EVERY_S * 1_000).unref()
    },
    stop: () => {
      clearInterval(timer)
      stopping.abort()
    },
  }
}
