/**
 * Many addresses guess the owner's password without end: the owner logs in, pages stay fast, excess
 * guesses are rejected at once.
 */
import { setTimeout as wait } from "node:timers/promises"
import { type Attack, expectThat, type Finding } from "./attack.ts"
import { createClient } from "./client.ts"
import { type Answer, request } from "./request.ts"
import type { Testbed } from "./testbed.ts"

const ADDRESSES = 40
const GUESSES = 400
const KNOWN_BROWSER_FROM = "127.66.4.1"
const STRANGER_FROM = "127.66.4.2"
/**
 * A known browser waits for the guess being hashed and for its own: this many times a login without
 * guesses, plus a second.
 */
const MAX_LOGIN_TIMES = 5
const SLACK_MS = 1_000
/**
 * Half of the rejected guesses are answered within this time; some have waited in the queue before.
 */
const MAX_MEDIAN_EXCESS_MS = 1_000

type Guessing = { readonly answers: Answer[]; readonly stop: () => Promise<void> }
/** Each address guesses one after the other; in total no more than GUESSES. */
const startGuessing = ({ origin, login }: Testbed): Guessing => {
  const answers: Answer[] = []
  let sent = 0
  let isOver = false
  const guess = async (n: number): Promise<void> => {
    const from = `127.66.5.${n + 1}`
    while (!isOver && sent < GUESSES) {
      sent += 1
      const body = { email: login.email, password: `guess-${sent}` }
      answers.push(
        await request(`${origin}/api/v1/session`, {
          method: "POST",
          headers: { origin },
          body,
          from,
          timeoutMs: 30_000,
        }),
      )
      await wait(100)
    }
  }
  const all = Promise.all(Array.from({ length: ADDRESSES }, (_, n) => guess(n)))
  return {
    answers,
    stop: async () => {
      isOver = true
      await all
    },
  }
}

const run = async (testbed: Testbed): Promise<readonly Finding[]> => {
  const { origin, login, logIn } = testbed
  // Logged in once before the attack, then at a new address: the browser is recognised by its
  // cookie alone.
  const startedMs = performance.now()
  const known = await logIn(login, KNOWN_BROWSER_FROM)
  const maxLoginMs = (performance.now() - startedMs) * MAX_LOGIN_TIMES + SLACK_MS
  known.forgetCookie(/session/)
  const stranger = createClient(origin, STRANGER_FROM)
  const guessing = startGuessing(testbed)
  await wait(3_000)
  const tries: (readonly [string, Answer])[] = [
    [
      "a known browser at a new address",
      await known.send("POST", "/session", login, { from: "127.66.4.77" }),
    ],
    [
      "a known address without its cookies",
      await createClient(origin, KNOWN_BROWSER_FROM).send("POST", "/session", login),
    ],
    ["the address of the set-up", await createClient(origin).send("POST", "/session", login)],
  ]
  const first = await stranger.send(
    "POST",
    "/session",
    { ...login, password: "not it" },
    { timeoutMs: 30_000 },
  )
  await wait(2_000)
  await guessing.stop()
  const rejected = guessing.answers.filter(({ status }) => status === 429)
  const tookMs = rejected.map((answer) => answer.tookMs).toSorted((a, b) => a - b)
  const medianMs = Math.round(tookMs[Math.floor(tookMs.length / 2)] ?? Number.POSITIVE_INFINITY)
  return [
    ...tries.map(([who, { status, text, tookMs }]) =>
      expectThat(
        `the owner logs in by ${who} while ${ADDRESSES} addresses guess`,
        status === 201 && tookMs < maxLoginMs,
        `${status} after ${Math.round(tookMs)} ms ${status === 201 ? "" : text.slice(0, 120)}`,
      ),
    ),
    expectThat(
      `of ${guessing.answers.length} guesses, the excess is rejected at once`,
      medianMs < MAX_MEDIAN_EXCESS_MS &&
        guessing.answers.every(({ status }) => status === 401 || status === 429),
      `${rejected.length} times 429, half of them within ${medianMs} ms`,
    ),
    expectThat(
      "a wrong password is rejected",
      first.status === 401 || first.status === 429,
      first.status,
    ),
  ]
}

export const loginGuesses: Attack = {
  name: "login-guesses",
  about:
    "40 addresses guess the owner's password without end; the owner logs in and pages stay fast",
  run,
}
