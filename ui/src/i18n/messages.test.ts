import assert from "node:assert/strict"
import { test } from "node:test"
import { negotiate } from "./locale.ts"
import { pseudoRtl } from "./pseudo-rtl.ts"
import { english as firstView } from "./strings/english.ts"
import { englishPages } from "./strings/english-pages.ts"
import { turkish as turkishFirstView, turkishPages } from "./strings/tr/turkish.ts"

const english = { ...firstView, ...englishPages }
const turkish = { ...turkishFirstView, ...turkishPages }

test("locale: the first language there is, with or without its region; else English", () => {
  assert.equal(negotiate(["", "fr-FR", "tr-TR", "en-GB"]), "tr")
  assert.equal(negotiate(["ar-XB"]), "ar-XB")
  assert.equal(negotiate(["ar-SA"]), "en")
  assert.equal(negotiate(["constructor"]), "en")
})

test("pseudo-locale: every text is turned, also what functions make, and nothing else", () => {
  const turned = pseudoRtl({
    title: "Devices",
    empty: "",
    rows: [["a", "b"]],
    count: (n: number): string => `${n} devices`,
  })
  assert.equal(turned.title, "\u202EDevices\u202C")
  assert.equal(turned.empty, "")
  assert.deepEqual(turned.rows, [["\u202Ea\u202C", "\u202Eb\u202C"]])
  assert.equal(turned.count(3), "\u202E3 devices\u202C")
  assert.equal(pseudoRtl(english).shell.devices, "\u202EDevices\u202C")
  const { messages } = pseudoRtl(english)
  assert.equal(messages["timeline.note"]({ text: "a" }), "\u202Ea\u202C", "the appliance's too")
})

/**
 * All texts of a catalogue by path. Functions get marks as arguments, which their text must
 * contain.
 */
const textsOf = (value: unknown, path = ""): [string, unknown][] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, each]) => textsOf(each, `${path}.${key}`))
    : [[path, value]]
const say = (make: unknown, numbers: boolean): unknown => {
  if (typeof make !== "function") return make
  const marks = ["mark-a", "mark-b", "mark-c", "mark-d"]
  const given = numbers ? [17, 29, 31, 37] : marks
  try {
    return Reflect.apply(make, undefined, given.slice(0, make.length))
  } catch {
    return undefined
  }
}

test("Turkish: no text is empty where English has one, and none is left in English", () => {
  const known = new Map(textsOf(english))
  // Names, addresses, formats and words that are equal in both languages.
  const isSame = /^[^a-z]*$|^(?:CPU|RTT|SNMP|API|Ping|Syslog|HTTP|DNS|CSV|RouterOS|Winbox)/
  const wrong = textsOf(turkish).filter(([path, text]) => {
    const other = known.get(path)
    if (typeof text !== "string" || typeof other !== "string" || other === "") return false
    return text === "" || (text === other && other.split(" ").length > 3 && !isSame.test(other))
  })
  assert.deepEqual(
    wrong.filter(([path]) => path !== ".importPage.example"),
    [],
  )
})
test("Turkish: a text holds every name and number that English holds", () => {
  const known = new Map(textsOf(english))
  const wrong = textsOf(turkish).flatMap(([path, make]) =>
    [false, true].flatMap((numbers) => {
      const [ours, theirs] = [say(known.get(path), numbers), say(make, numbers)]
      if (typeof ours !== "string" || typeof theirs !== "string") return []
      // A mark in place of a number.
      if (theirs.includes("NaN")) return []
      const marks = ours.match(numbers ? /\b(?:17|29|31|37)\b/g : /mark-[a-d]/g) ?? []
      return marks.filter((mark) => !theirs.includes(mark)).map((mark) => `${path}: ${mark}`)
    }),
  )
  assert.deepEqual(wrong, [])
})
