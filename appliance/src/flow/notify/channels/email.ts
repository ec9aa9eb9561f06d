/** E-mail over SMTP by nodemailer, as text; all messages of one incident are one thread. */
import { createTransport, type SentMessageInfo } from "nodemailer"
import type { OpenChannel, Outcome, Outgoing, Send } from "./channel.ts"
import { shown } from "./http.ts"
import { cut, textOfAll } from "./plain.ts"

const CONNECT_MS = 10_000
const ANSWER_MS = 20_000
/** A server that answers, but slowly, holds others on the channel no longer than this. */
const WHOLE_MS = 60_000
const SUBJECT_CHARS = 180

const transportOf = ({ settings, secrets }: OpenChannel<"email">) =>
  createTransport({
    host: settings.host,
    port: settings.port,
    secure: settings.security === "tls",
    requireTLS: settings.security === "starttls",
    ignoreTLS: settings.security === "none",
    ...(settings.username === null
      ? {}
      : { auth: { user: settings.username, pass: secrets.password ?? "" } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })

type SmtpError = Error & {
  readonly responseCode?: number
  readonly command?: string
  readonly code?: string
  readonly syscall?: string
}
/** SMTP: 5yz is for good, but not while logging in: a password may be mended. */
const PERMANENT = 500
/** Before the message was sent: nodemailer's codes and the system's calls. */
const BEFORE = new Set(["EAUTH", "ETLS", "EDNS", "ECONNREFUSED", "connect", "getaddrinfo"])

const failureOf = (error: unknown, secrets: readonly string[]): Outcome => {
  const {
    responseCode = 0,
    command = "",
    message = "",
    code = "",
    syscall = "",
  } = error as SmtpError
  const answer = shown(message, secrets) || "the message was not sent"
  if (responseCode >= PERMANENT && !command.startsWith("AUTH")) return { kind: "rejected", answer }
  const isCertain = responseCode > 0 || BEFORE.has(code) || BEFORE.has(syscall)
  return { kind: "failed", isCertain, answer, retryAfterMs: null }
}

const messageId = (name: string, from: string): string =>
  `<${name.replaceAll(/[^\w-]/g, "-")}@${from.split("@")[1] ?? "ispvm"}>`

const mailOf = ({ settings }: OpenChannel<"email">, outgoing: Outgoing) => {
  const [first] = outgoing.contents
  const isDigest = outgoing.contents.length > 1
  const subject = isDigest ? `${first.subject} + ${outgoing.contents.length - 1}` : first.subject
  const own = messageId(outgoing.id, settings.from)
  const root = messageId(outgoing.thread, settings.from)
  return {
    from: settings.from,
    to: [...settings.to],
    subject: cut(subject, SUBJECT_CHARS),
    text: textOfAll(outgoing),
    messageId: own,
    references: [root],
    ...(outgoing.openedRef === null ? {} : { inReplyTo: outgoing.openedRef }),
    headers: { "Auto-Submitted": "auto-generated", "X-ISPVM-Delivery": outgoing.id },
  }
}

/** Some recipients were taken and some were not: to send again would reach the others twice. */
const refusedOf = ({ rejected = [] }: SentMessageInfo): string =>
  rejected.length === 0 ? "" : `; not taken for ${rejected.map(String).join(", ")}`

export const sendEmail: Send<"email"> = async (channel, outgoing, signal) => {
  const transport = transportOf(channel)
  const secrets = [channel.secrets.password ?? ""]
  const limit = AbortSignal.any([signal, AbortSignal.timeout(WHOLE_MS)])
  // The connection is closed with it.
  const mail = { ...mailOf(channel, outgoing), signal: limit }
  try {
    const sent: SentMessageInfo = await transport.sendMail(mail)
    return {
      kind: "delivered",
      ref: sent.messageId ?? null,
      answer: shown(`${sent.response ?? ""}${refusedOf(sent)}`, secrets),
    }
  } catch (error) {
    return failureOf(error, secrets)
  } finally {
    transport.close()
  }
}
