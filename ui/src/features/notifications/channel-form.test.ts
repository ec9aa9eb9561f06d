import assert from "node:assert/strict"
import { test } from "node:test"
import {
  CHANNEL_KINDS,
  CHANNEL_SECRETS,
  Channel,
  ChannelInput,
  type ChannelKind,
  TEMPLATE_FIELDS as FIELDS_OF_API,
  TemplatePreview,
} from "@ispvm/appliance/api/notifications"
import {
  BASE_URLS,
  BLANK,
  bodyOf,
  bodyOfChannel,
  type ChannelForm,
  draftOf,
  filledWith,
  missingSecrets,
  SECRETS,
  TEMPLATE_FIELDS,
} from "./channel-form.ts"
import { KINDS } from "./channel-state.ts"

/** What people fill in for each kind. */
const FILLED: Readonly<Record<ChannelKind, Partial<ChannelForm>>> = {
  email: { host: "smtp.example.net", from: "noc@example.net", to: "a@example.net, b@example.net" },
  telegram: { chatId: "-1001", token: "1:abc" },
  slack: { webhookUrl: "https://hooks.slack.com/services/T/B/x" },
  teams: { webhookUrl: "https://example.net/workflow" },
  webhook: { url: "https://example.net/hook", signingSecret: "secret" },
  pagerduty: { routingKey: "R0" },
  opsgenie: { apiKey: "a-b" },
  push: {},
  sms: { url: "https://sms.example.net/send", phones: "+905551112233\n+905551112244" },
}
const formOf = (kind: ChannelKind): ChannelForm => ({
  ...BLANK,
  templateTitle: "{severity} {title}",
  name: `My ${kind}`,
  kind,
  ...FILLED[kind],
})

test("channel form: kinds and secrets are those of the API", () => {
  assert.deepEqual([...KINDS], [...CHANNEL_KINDS])
  assert.deepEqual(SECRETS, CHANNEL_SECRETS)
  assert.deepEqual(TEMPLATE_FIELDS, FIELDS_OF_API)
})

for (const kind of CHANNEL_KINDS)
  test(`channel form: ${kind} makes a body that the API takes, and comes back as it was`, () => {
    const form = formOf(kind)
    assert.deepEqual(missingSecrets(form, []), [])
    const input = ChannelInput.parse(bodyOf(form))
    assert.deepEqual(Object.keys(input.secrets).sort(), Object.keys(secretsOf(form)).sort())
    const stored = Channel.parse({
      ...input,
      ...{ id: "00000000-0000-4000-8000-000000000001", kind, secretsSet: [], pending: 0 },
      ...{ failingSinceMs: null, lastAnswer: null, lastDeliveredAtMs: null },
    })
    const again = ChannelInput.parse(bodyOf(filledWith(stored)))
    assert.deepEqual(again.settings, input.settings)
    assert.deepEqual(again.template, { title: "{severity} {title}", body: null })
    assert.deepEqual(again.secrets, {})
    assert.equal(again.isInFirstPolicy, false)
    assert.equal(ChannelInput.parse(bodyOfChannel(stored, false)).isEnabled, false)
  })
const secretsOf = (form: ChannelForm) =>
  Object.fromEntries(
    Object.keys(SECRETS[form.kind]).flatMap((name) =>
      Reflect.get(form, name) === "" ? [] : [[name, true]],
    ),
  )

test("channel form: a provider's own address is left to the API", () => {
  for (const [kind, address] of Object.entries(BASE_URLS)) {
    const { settings } = ChannelInput.parse(bodyOf(formOf(kind as ChannelKind)))
    assert.equal("baseUrl" in settings && settings.baseUrl, address)
  }
})

test("channel form: a secret that is needed is asked for, unless it is stored", () => {
  const paths = (kind: ChannelKind, stored: readonly string[]): readonly string[] =>
    missingSecrets({ ...BLANK, kind }, stored).map(({ path }) => path)
  assert.deepEqual(paths("webhook", []), ["secrets.url", "secrets.signingSecret"])
  assert.deepEqual(paths("webhook", ["url"]), ["secrets.signingSecret"])
  assert.deepEqual(paths("email", []), [])
  assert.deepEqual(paths("slack", []), ["secrets.webhookUrl"])
  assert.deepEqual(paths("slack", ["token"]), [])
})

test("a preview shows what the form has now, as the appliance takes it", () => {
  const incident = "00000000-0000-4000-8000-000000000001"
  const { name, ...draft } = draftOf({ ...formOf("webhook"), language: "tr" })
  assert.equal(name, "My webhook")
  assert.deepEqual(TemplatePreview.parse({ incident, ...draft }), {
    incident,
    language: "tr",
    template: { title: "{severity} {title}", body: null },
  })
  const { name: _, ...bare } = draftOf({ ...formOf("webhook"), templateTitle: " " })
  assert.equal(TemplatePreview.parse({ incident, ...bare }).template, null)
  const unknown = draftOf({ ...formOf("webhook"), templateBody: "{made-up}" })
  assert.equal(TemplatePreview.safeParse({ incident, ...unknown }).success, false)
})
