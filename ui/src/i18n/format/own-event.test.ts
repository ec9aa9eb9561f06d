import assert from "node:assert/strict"
import { test } from "node:test"
import { turkish } from "../strings/tr/turkish.ts"
import { parseOwnEvent } from "./own-event.ts"

/** As flow/push/sentences.ts words them. */
const CASES: readonly (readonly [message: string, inTurkish: string])[] = [
  ["ether1 lost its link", "ether1 bağlantı kesildi"],
  ["ether1 lost its link 3 times since its last report", "ether1 bağlantı kesildi"],
  ["ether1 link up (speed 1G, full duplex)", "ether1 bağlantı kuruldu"],
  ["link down", "bağlantı kesildi"],
  ["ether1 has its link", "ether1 bağlantı kuruldu"],
  [
    "Netwatch host dns (9.9.9.9) is down, 100 % of its probes lost",
    "Netwatch hedefi dns (9.9.9.9) kapalı, yoklama kaybı %100",
  ],
  [
    "Netwatch host ist-core-1 (10.40.1.3) is up",
    "Netwatch hedefi ist-core-1 (10.40.1.3) çalışıyor",
  ],
  ["Onboarding script ran: 11 parts done.", "Bağlantı betiği çalıştı: 11 bölüm tamam"],
  [
    "Onboarding script ran: 1 part done. 1 failed: snmp: no such menu.",
    "Bağlantı betiği çalıştı: 1 bölüm tamam; başarısız: snmp: no such menu",
  ],
  [
    "BGP neighbour as1 (192.0.2.1) is down, hold timer",
    "BGP komşusu as1 (192.0.2.1): down, hold timer",
  ],
  ["PPP sessions fell from 40 to 2", "PPP oturumları: 40 → 2"],
]

test("events that the appliance words are said in Turkish", () => {
  for (const [message, inTurkish] of CASES)
    assert.equal(turkish.terms.event("log", "push", message), inTurkish)
})

test("a text of a router stays as it is", () => {
  for (const message of ["user monitor logged in from 10.40.5.1 via api", "link is down", ""])
    assert.equal(parseOwnEvent(message), null)
  assert.equal(turkish.terms.event("log", "syslog", "link is down"), "link is down")
})
