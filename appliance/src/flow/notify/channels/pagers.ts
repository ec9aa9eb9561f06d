/** PagerDuty Events API v2 and the Opsgenie Alert API: both drop repeats by the thread's key. */
import type { Severity } from "../../../api/incidents.ts"
import type { Content, Outgoing, Send } from "./channel.ts"
import { postJson } from "./http.ts"
import { cut, plainText } from "./plain.ts"

const PAGERDUTY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: "critical",
  major: "error",
  minor: "warning",
  warning: "info",
}
const SUMMARY_CHARS = 1_024
const MESSAGE_CHARS = 130
const DESCRIPTION_CHARS = 15_000

const actionOf = ({ kind }: Content): "trigger" | "acknowledge" | "resolve" =>
  kind === "resolved" ? "resolve" : kind === "acknowledged" ? "acknowledge" : "trigger"

export const sendPagerduty: Send<"pagerduty"> = async ({ settings, secrets }, outgoing, signal) => {
  const [content] = outgoing.contents
  const { routingKey = "" } = secrets
  const { incident, subject, link } = content
  const { outcome } = await postJson(
    `${settings.baseUrl.replace(/\/$/, "")}/v2/enqueue`,
    {
      routing_key: routingKey,
      event_action: actionOf(content),
      dedup_key: outgoing.thread,
      payload: {
        summary: cut(subject, SUMMARY_CHARS),
        source: "ISP Visual Monitor",
        severity: PAGERDUTY_SEVERITY[incident?.severity ?? "warning"],
        timestamp: new Date(incident?.openedAtMs ?? outgoing.sentAtMs).toISOString(),
        component: incident?.causes[0]?.name ?? "test",
        custom_details: { text: plainText(content) },
      },
      ...(link === null ? {} : { links: [{ href: link, text: subject.slice(0, 100) }] }),
    },
    { secrets: [routingKey], signal, nowMs: outgoing.sentAtMs },
  )
  return outcome
}

const PRIORITY: Readonly<Record<Severity, string>> = {
  critical: "P1",
  major: "P2",
  minor: "P3",
  warning: "P4",
}
const opsgenieRequest = (
  content: Content,
  { thread }: Outgoing,
): { readonly path: string; readonly body: object } => {
  const alias = encodeURIComponent(thread)
  const common = { source: "ISP Visual Monitor", note: cut(plainText(content), DESCRIPTION_CHARS) }
  const action = actionOf(content)
  if (action === "resolve") return { path: `/${alias}/close?identifierType=alias`, body: common }
  if (action === "acknowledge")
    return { path: `/${alias}/acknowledge?identifierType=alias`, body: common }
  return {
    path: "",
    body: {
      ...common,
      message: cut(content.subject, MESSAGE_CHARS),
      alias: thread,
      description: common.note,
      priority: PRIORITY[content.incident?.severity ?? "warning"],
      entity: content.incident?.causes[0]?.name ?? "test",
    },
  }
}

export const sendOpsgenie: Send<"opsgenie"> = async ({ settings, secrets }, outgoing, signal) => {
  const { apiKey = "" } = secrets
  const { path, body } = opsgenieRequest(outgoing.contents[0], outgoing)
  const { outcome } = await postJson(
    `${settings.baseUrl.replace(/\/$/, "")}/v2/alerts${path}`,
    body,
    {
      headers: { authorization: `GenieKey ${apiKey}` },
      secrets: [apiKey],
      signal,
      nowMs: outgoing.sentAtMs,
    },
  )
  return outcome
}
