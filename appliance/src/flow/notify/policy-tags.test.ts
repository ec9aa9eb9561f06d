/** Policies by tag: which tags an incident has, and what a policy makes of them. */
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { after, before, test } from "node:test"
import { mismatchOf } from "./match.ts"
import { readFacts } from "./store.ts"
import { type NotifyRig, openNotifyRig, POLICY } from "./test/notify-rig.ts"

let rig: NotifyRig
before(async () => {
  rig = await openNotifyRig(randomBytes(32))
})
after(() => rig.end())

type Id = { id: string }
const idOf = ([row]: readonly Id[]): string => row?.id ?? ""

test("an incident has the tags of its causes, of the ends of a link, and of their sites", async () => {
  const { db } = rig
  const { org } = db
  const made = await db.dbs.ui.asOrg(org, async (tx) => {
    const site = idOf(
      await tx<
        Id[]
      >`insert into inventory.site (org_id, name, tags) values (${org}, 'Pop', '{pop}') returning id`,
    )
    const device = async (name: string, tags: string[], at: string | null): Promise<string> =>
      idOf(
        await tx<Id[]>`
          insert into inventory.device (org_id, name, address, methods, tags, site_id)
          values (${org}, ${name}, '192.0.2.1', '{}', ${tags}, ${at}) returning id`,
      )
    const a = await device("a", ["core"], site)
    const b = await device("b", [], null)
    const link = idOf(
      await tx<Id[]>`
        insert into inventory.link (org_id, a_device_id, b_device_id, tags)
        values (${org}, ${a}, ${b}, '{ring}') returning id`,
    )
    const agent = idOf(
      await tx<Id[]>`
        insert into agents.agent (org_id, name, enrolled_at, site_id)
        values (${org}, 'agent', now(), ${site}) returning id`,
    )
    return { site, a, b, link, agent }
  })
  /** `b` has none. */
  const sitesOf = (causes: readonly string[]): string[] =>
    causes.some((one) => one !== made.b) ? [made.site] : []
  const tagsOf = async (...causes: readonly ["site" | "device" | "link" | "agent", string][]) => {
    const { id } = await rig.open({
      causes: causes.map(([kind, one]) => ({ kind, id: one, name: kind })),
    })
    const [facts] = await db.dbs.ui.asOrg(org, (tx) => readFacts(tx, org, [id]))
    assert.ok(facts)
    const why = mismatchOf(POLICY([], { tags: ["core", "access"] }), facts)?.code ?? null
    assert.deepEqual(facts.siteIds.toSorted(), sitesOf(causes.map(([, one]) => one)))
    return [facts.tags.toSorted(), why]
  }
  assert.deepEqual(await tagsOf(["device", made.a]), [["core", "pop"], null])
  assert.deepEqual(await tagsOf(["device", made.b]), [[], "notify.other-tag"])
  assert.deepEqual(await tagsOf(["link", made.link]), [["core", "pop", "ring"], null])
  assert.deepEqual(await tagsOf(["site", made.site]), [["pop"], "notify.other-tag"])
  assert.deepEqual(await tagsOf(["agent", made.agent]), [["pop"], "notify.other-tag"])
  assert.deepEqual(await tagsOf(), [[], "notify.other-tag"])
  assert.deepEqual(await tagsOf(["device", made.b], ["device", made.a]), [["core", "pop"], null])
})

test("a policy that was stored before there were tags is for all of them", async () => {
  const id = await rig.channel(
    {
      ...{ name: "Hook", isEnabled: true, language: "en", fallbackId: null, ownerId: null },
      ...{ template: null, settings: { kind: "webhook" }, isInFirstPolicy: false },
      secrets: { url: "http://127.0.0.1:1/", signingSecret: "shh, a secret" },
    },
    { tags: ["core"] },
  )
  const stored = async () => (await rig.notify.policies(rig.db.org)).policies
  assert.deepEqual((await stored())[0]?.tags, ["core"])
  await rig.db.dbs.ui.asOrg(
    rig.db.org,
    (tx) =>
      tx`update notify.policies set policies = (select jsonb_agg(one - 'tags') from jsonb_array_elements(policies) one)`,
  )
  const [policy] = await stored()
  assert.deepEqual([policy?.tags, policy?.steps[0]?.channels], [[], [id]])
})
