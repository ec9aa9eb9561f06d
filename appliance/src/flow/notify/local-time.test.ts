import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { localTime } from "./local-time.ts"

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

test("the local time is the one that the zone's rules show, also on days of a changing clock", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        ...["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"],
        ...["America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca"],
      ),
      fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2035, 0, 1) }),
      (timeZone, atMs) => {
        const shown = new Intl.DateTimeFormat("en-GB", {
          ...{ timeZone, weekday: "short", hourCycle: "h23" },
          ...{ year: "numeric", month: "2-digit", day: "2-digit" },
          ...{ hour: "2-digit", minute: "2-digit" },
        }).formatToParts(atMs)
        const of = (type: string): string => shown.find((one) => one.type === type)?.value ?? ""
        const { day, minute, date } = localTime(atMs, timeZone)
        assert.equal(DAYS[day], of("weekday"))
        assert.equal(minute, Number(of("hour")) * 60 + Number(of("minute")))
        const text = new Date(date * 86_400_000).toISOString().slice(0, 10)
        assert.equal(text, `${of("year")}-${of("month")}-${of("day")}`)
      },
    ),
    { numRuns: 2_000 },
  )
})
