/** Microsoft Teams: an Adaptive Card to the address of a workflow "when a webhook request is received". */
import type { Content, Outgoing, Send } from "./channel.ts"
import { postJson } from "./http.ts"
import { cut, digestLines } from "./plain.ts"

const MAX_CHARS = 10_000
const COLOURS = { critical: "attention", major: "attention", minor: "warning", warning: "warning" }
const block = (text: string, more: object = {}) => ({
  type: "TextBlock",
  text: cut(text, MAX_CHARS),
  wrap: true,
  ...more,
})

const detailsOf = ({ facts, reasons, nextStep, body }: Content): readonly object[] =>
  body === null
    ? [
        { type: "FactSet", facts: facts.map(({ label, value }) => ({ title: label, value })) },
        ...reasons.map((reason) => block(`- ${reason}`)),
        ...(nextStep === null ? [] : [block(nextStep, { isSubtle: true })]),
      ]
    : [block(body)]

const partsOf = (content: Content) => {
  const { incident, subject, note, link } = content
  const isOver = incident?.state === "closed" && incident.mergedInto === null
  const color = incident === null ? "default" : isOver ? "good" : COLOURS[incident.severity]
  const action = { type: "Action.OpenUrl", title: subject.slice(0, 40), url: link }
  return {
    body: [
      block(subject, { weight: "bolder", size: "medium", color }),
      ...detailsOf(content),
      ...(note === null ? [] : [block(note, { isSubtle: true })]),
    ],
    actions: link === null ? [] : [action],
  }
}

const cardOf = ({ contents }: Outgoing) => {
  const [first] = contents
  const parts =
    contents.length === 1
      ? partsOf(first)
      : { body: digestLines(contents).map((line) => block(line)), actions: [] }
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          ...parts,
        },
      },
    ],
  }
}

export const sendTeams: Send<"teams"> = async ({ secrets }, outgoing, signal) => {
  const { webhookUrl = "" } = secrets
  const { outcome } = await postJson(webhookUrl, cardOf(outgoing), {
    secrets: [webhookUrl],
    signal,
    nowMs: outgoing.sentAtMs,
  })
  return outcome
}
