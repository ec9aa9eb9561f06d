/** PagerDuty Events API v2 and the Opsgenie Alert API: both drop repeats by the thread's key. */
import type { Severity } from "../../../api/incidents.ts"
import type { Content, Outcome, Outgoing, Send } from "./channel.ts"
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

type Action = "trigger" | "acknowledge" | "resolve"
const actionOf = ({ kind }: Content): Action =>
  kind === "resolved" ? "resolve" : kind === "acknowledged" ? "acknowledge" : "trigger"

/** A test opens an alert at the provider; nobody is to close it by hand. */
const withTestResolved = async (
  { contents: [content] }: Outgoing,
  send: (action: Action) => Promise<Outcome>,
): Promise<Outcome> => {
  const outcome = await send(actionOf(content))
  if (content.kind !== "test" || outcome.kind !== "delivered") return outcome
  const resolved = await send("resolve")
  const answer = `${outcome.answer}; resolve: ${resolved.answer}`
  // Made again as a whole: the provider knows the alert by its key.
  return { ...resolved, answer }
}

export const sendPagerduty: Send<"pagerduty"> = async ({ settings, secrets }, outgoing, signal) => {
  const [content] = outgoing.contents
  const { routingKey = "" } = secrets
  const { incident, subject, link } = content
  return await withTestResolved(outgoing, async (action) => {
    const { outcome } = await postJson(
      `${settings.baseUrl.replace(/\/$/, "")}/v2/enqueue`,
      {
        routing_key: routingKey,
        event_action: action,
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
  })
}

const PRIORITY: Readonly<Record<Severity, string>> = {
  critical: "P1",
  major: "P2",
  minor: "P3",
  warning: "P4",
}
const opsgenieRequest = (
  action: Action,
  { thread, contents: [content] }: Outgoing,
): { readonly path: string; readonly body: object } => {
  const alias = encodeURIComponent(thread)
  const common = { source: "ISP Visual Monitor", note: cut(plainText(content), DESCRIPTION_CHARS) }
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
  return await withTestResolved(outgoing, async (action) => {
    const { path, body } = opsgenieRequest(action, outgoing)
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
  })
}
