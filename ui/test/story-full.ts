/** An incident with everything an incident can have, at its longest. */

import type { Status } from "@ispvm/appliance/api/shared"
import { AGENT, asDevice, asLink, at, guess, looked, type Story, setStatuses, symptom, tell, told } from "./story-parts.ts"

/** All of it at its longest. */
export const full: Story = (work) => {
  const { devices, links } = work.network
  const startMs = Date.now() - 5_400_000
  devices.forEach((device, index, all) => {
    if (index % 5 === 2)
      all[index] = { ...device, name: `a-very-long-name-of-forty-characters-${String(index).padStart(4, "0")}` }
  })
  const [far, link] = [at(devices, 2), at(links, 1)]
  const hidden = devices.slice(3)
  setStatuses(work, new Map([[far.id, "down"], ...hidden.map((each): [string, Status] => [each.id, "behind"])]), startMs)
  const twelve = devices.slice(10, 22).map(asDevice)
  tell(
    work,
    {
      title: `Link ${link.name} is cut, or router ${far.name} is dead (or one of 12 more); ${hidden.length} devices behind it`,
      causes: [asLink(link)],
      alternatives: [asDevice(far), ...twelve],
      confidence: 0.62,
      devicesDown: 1,
      devicesBehind: hidden.length,
      openedAtMs: startMs,
    },
    {
      symptomList: devices
        .slice(0, 200)
        .map((each, n) => symptom(each, n, { sinceMs: startMs + n * 40, part: n < 3 ? "cause" : n < 9 ? "evidence" : "behind" })),
      hypotheses: [
        guess(0.62, [asLink(link)], [[asDevice(far), ...twelve]]),
        guess(0.17, [asDevice(far), asLink(at(links, 4)), asLink(at(links, 5))], [[], twelve.slice(0, 2), []]),
        guess(0.09, [AGENT]),
        guess(0.05, [{ kind: "site", id: far.siteId ?? "", name: "Izmir" }]),
        guess(0.004, []),
      ],
      evidence: Array.from({ length: 40 }, (_, n) => {
        const device = at(devices, n + 1)
        return n % 3 === 2
          ? told("against", `${device.name} answered probe ${n} after the link was reported down.`, startMs + n * 70, { device })
          : told("for", `${device.name} answers neither ping nor TCP, and no other way leads to it.`, startMs + n * 70, {
              device,
            })
      }),
      rechecks: Array.from({ length: 8 }, (_, n) =>
        looked(
          `Ping of ${at(devices, n + 2).name} from ank-pop`,
          startMs + 1_200,
          n % 3 === 0 ? "up" : "no-answer",
          300 + n * 120,
        ),
      ),
      causeHistory: Array.from({ length: 14 }, (_, n) => ({
        atMs: startMs + n * n * 900,
        causes: n % 4 === 1 ? [asDevice(far), asLink(at(links, 4))] : [asLink(link)],
        confidence: 0.3 + ((n * 37) % 60) / 100,
        text: `${at(devices, n + 3).name} was heard of, and the explanations were weighed again.`,
      })),
    },
  )
}
