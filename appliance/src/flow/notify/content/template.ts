/**
 * A channel's own title and text, with fields in braces. A template that fails never keeps a message
 * from being sent: the usual text is sent, and says so. Pure.
 */
import {
  type ChannelTemplate,
  isTemplateField,
  type TemplateField,
  templateFieldsIn,
} from "../../../api/notifications.ts"
import type { Language } from "../../../messages/text.ts"
import type { Content } from "../channels/channel.ts"
import { TEXTS } from "./texts.ts"

export type FieldValues = Readonly<Record<TemplateField, string>>

type Rendered = { readonly text: string } | { readonly wrong: string }
const render = (template: string, values: FieldValues): Rendered => {
  const unknown = templateFieldsIn(template).find((name) => !isTemplateField(name))
  if (unknown !== undefined) return { wrong: `{${unknown}}` }
  const text = template
    .replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
      isTemplateField(name) ? values[name] : whole,
    )
    .trim()
  return text === "" ? { wrong: "" } : { text }
}

/** `content` with the channel's own title and text; null: it has none. */
export const withTemplate = (
  content: Content,
  template: ChannelTemplate | null,
  values: FieldValues,
  language: Language,
): Content => {
  if (template === null) return content
  const title = template.title === null ? null : render(template.title, values)
  const body = template.body === null ? null : render(template.body, values)
  for (const one of [title, body])
    if (one !== null && "wrong" in one) {
      const said = TEXTS[language].templateFailed(one.wrong)
      return { ...content, note: content.note === null ? said : `${content.note} ${said}` }
    }
  const subject = title !== null && "text" in title ? title.text.replaceAll(/\s+/g, " ") : null
  return {
    ...content,
    ...(subject === null ? {} : { subject }),
    ...(body !== null && "text" in body ? { body: body.text } : {}),
  }
}
