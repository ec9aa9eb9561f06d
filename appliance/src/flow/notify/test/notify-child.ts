/** An appliance's notifications in a process of its own, which a test kills: opens and closes incidents. */
import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { createHostClock } from "../../../platform/clock.ts"
import { IncidentId, OrgId } from "../../../platform/ids.ts"
import { openDbs } from "../../../platform/postgres/db.ts"
import { emptyIncident } from "../../incidents/model.ts"
import { saveAll } from "../../incidents/save.ts"
import { createNotify } from "../notify.ts"

const [url = "", orgText = "", keyText = "", firstNumber = "1"] = process.argv.slice(2)
const org = OrgId.parse(orgText)
const onError = (error: unknown): void => {
  process.stderr.write(`${String(error)}\n`)
}
const dbs = openDbs({ appUrl: url })
const notify = createNotify({
  jobs: dbs.jobs,
  ui: dbs.ui,
  clock: createHostClock(onError),
  orgs: async () => [{ id: org }],
  masterKey: Buffer.from(keyText, "hex"),
  retry: { firstMs: 50, longestMs: 200 },
  baseUrl: () => null,
  onError,
})
await notify.start(async () => undefined)
process.stdout.write("started\n")
const MAX_LIFE_MS = 300
for (let number = Number(firstNumber); ; number += 1) {
  const incident = {
    ...emptyIncident(IncidentId.parse(randomUUID()), number, Date.now()),
    severity: "major",
    title: { code: "legacy-text", params: { text: `fault ${number}` } },
  } as const
  await saveAll(dbs.jobs, org, { changed: [incident], lines: [], history: [] }, notify.afterSave)
  await delay(Math.random() * MAX_LIFE_MS)
  if (Math.random() < 0.2) continue
  const closed = { ...incident, state: "closed", closedAtMs: Date.now() } as const
  await saveAll(dbs.jobs, org, { changed: [closed], lines: [], history: [] }, notify.afterSave)
}
