/** Enrolment and renewal: a token for the first certificate, a valid certificate for the next. */

import type { Authority, Issued } from "@ispvm/pki"
import { type EnrolAnswer, type EnrolRequest, PROTOCOL } from "@ispvm/wire"
import type { Clock } from "../../platform/clock.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { write } from "../audit/audit.ts"
import {
  consumeToken,
  findToken,
  insertCertificate,
  markEnrolled,
  pruneEnded,
  revokeCertificates,
} from "./store.ts"
import { checkToken, hashSecret, type TokenReason, tokenSentence } from "./tokens.ts"

/** An agent whose certificate is valid; `key` identifies its batches in the database. */
export type KnownAgent = {
  readonly id: AgentId
  readonly key: number
  readonly org: OrgId
  readonly name: string
}
export type EnrolRejection = {
  readonly ok: false
  readonly status: 401 | 422
  readonly code: string
  readonly message: string
}
export type Enrolled =
  | {
      readonly ok: true
      readonly agent: AgentId
      readonly org: OrgId
      readonly answer: EnrolAnswer
    }
  | EnrolRejection

type Deps = { readonly db: Db; readonly clock: Clock; readonly authority: Authority }

const rejectedToken = (reason: Exclude<TokenReason, "good">): EnrolRejection => ({
  ok: false,
  status: 401,
  code: reason,
  message: tokenSentence(reason),
})

const issue = (
  authority: Authority,
  agent: AgentId,
  csrPem: string,
): { readonly ok: true; readonly issued: Issued } | EnrolRejection => {
  const answer = authority.issueAgent(csrPem, { commonName: agent, uri: `urn:uuid:${agent}` })
  return answer.ok
    ? answer
    : {
        ok: false,
        status: 422,
        code: `csr-${answer.reason}`,
        message: `The certificate request was rejected: ${answer.message}.`,
      }
}

const answerOf = (
  authority: Authority,
  agent: AgentId,
  name: string,
  issued: Issued,
): EnrolAnswer => ({
  protocol: PROTOCOL,
  agent,
  name,
  certificatePem: issued.pem,
  chainPem: authority.issuingPem,
  rootPem: authority.rootPem,
  renewAfterMs: issued.renewAfterMs,
})

/**
 * Consumes the token and stores the certificate in one transaction. Certificates of an earlier
 * enrolment end.
 */
export const enrol = async (
  { db, clock, authority }: Deps,
  request: EnrolRequest,
  address: string,
): Promise<Enrolled> => {
  const secretHash = hashSecret(request.secret)
  const found = await findToken(db.sql, secretHash)
  const reason = checkToken(found, clock.now())
  if (found === null || reason === "token-unknown") return rejectedToken("token-unknown")
  const { agent, org, name } = found
  const by = { system: `agent ${name}` }
  const host = { hostname: request.hostname, version: request.version, address }
  if (reason !== "good") {
    await db.asOrg(org, (tx) =>
      write(tx, by, "agent.enrolment-refused", "agent", agent, { ...host, reason }),
    )
    return rejectedToken(reason)
  }
  // An invalid request does not consume the token: the agent may try again with a corrected one.
  const made = issue(authority, agent, request.csrPem)
  if (!made.ok) return made
  const { issued } = made
  const isConsumed = await db.asOrg(org, async (tx) => {
    const nowMs = clock.now()
    if (!(await consumeToken(tx, org, secretHash, nowMs))) return false
    const replaced = await revokeCertificates(tx, org, agent, nowMs)
    await insertCertificate(tx, org, agent, issued, nowMs)
    await markEnrolled(tx, org, agent, nowMs)
    await pruneEnded(tx, org, nowMs)
    await write(tx, by, "agent.enrolled", "agent", agent, {
      ...host,
      serial: issued.serial,
      replaced,
    })
    return true
  })
  return isConsumed
    ? { ok: true, agent, org, answer: answerOf(authority, agent, name, issued) }
    : rejectedToken("token-used")
}

/**
 * The old certificate stays valid until it expires: the agent may lose the answer and ask again.
 */
export const renew = async (
  { db, clock, authority }: Deps,
  agent: KnownAgent,
  csrPem: string,
): Promise<Enrolled> => {
  const { id, org, name } = agent
  const made = issue(authority, id, csrPem)
  if (!made.ok) return made
  await db.asOrg(org, async (tx) => {
    await insertCertificate(tx, org, id, made.issued, clock.now())
    await pruneEnded(tx, org, clock.now())
    await write(tx, { system: `agent ${name}` }, "agent.renewed", "agent", id, {
      serial: made.issued.serial,
    })
  })
  return { ok: true, agent: id, org, answer: answerOf(authority, id, name, made.issued) }
}
