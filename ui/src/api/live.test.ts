import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { createLive } from "./live.ts"

type Reply = { readonly status: number; readonly text: string; readonly keepOpen?: boolean }

/** A server that answers each request with the next reply and records the requests. */
const fakeFetch = (replies: readonly Reply[]) => {
  const requests: string[] = []
  const fetcher: typeof fetch = async (input, init) => {
    const reply = replies[requests.length] ?? { status: 200, text: "", keepOpen: true }
    requests.push(String(input))
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        stream.enqueue(new TextEncoder().encode(reply.text))
        init?.signal?.addEventListener("abort", () =>
          stream.error(new DOMException("aborted", "AbortError")),
        )
        if (reply.keepOpen !== true) stream.close()
      },
    })
    return new Response(body, { status: reply.status })
  }
  return { requests, fetcher }
}

/** Runs pending promises, then advances the time, until the condition holds. */
const until = async (t: TestContext, condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 200 && !condition(); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    t.mock.timers.tick(100)
  }
  assert.ok(condition())
}
const hello = 'id: a.5\nevent: hello\ndata: {"serverAtMs":1,"resumed":false}\n\n'
const failOnLogout = (): void => assert.fail("nobody was logged out")

test("live: a broken stream goes on after the last message seen", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const { requests, fetcher } = fakeFetch([{ status: 200, text: hello }])
  const live = createLive(fetcher, failOnLogout)
  live.start()
  await until(t, () => requests.length === 2)
  live.stop()
  assert.deepEqual(requests, ["/api/v1/live", "/api/v1/live?after=a.5"])
})

test("live: three seconds without a message are a lost stream", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const { fetcher } = fakeFetch([{ status: 200, text: hello, keepOpen: true }])
  const live = createLive(fetcher, failOnLogout)
  const phases: string[] = []
  const atMs: number[] = []
  live.state.subscribe(({ phase }) => {
    phases.push(phase)
    atMs.push(Date.now())
  })
  live.start()
  await until(t, () => phases.includes("lost"))
  live.stop()
  assert.deepEqual(phases.slice(0, 2), ["live", "lost"])
  const [liveAtMs = 0, lostAtMs = 0] = atMs
  assert.ok(lostAtMs - liveAtMs >= 2_900 && lostAtMs - liveAtMs <= 3_100, atMs.join(" "))
})

test("live: messages reach those who listen for their name, until they stop", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const change = 'id: a.6\nevent: inventory\ndata: {"what":"site","id":"x"}\n\n'
  const { requests, fetcher } = fakeFetch([
    { status: 200, text: hello + change },
    { status: 200, text: change },
  ])
  const live = createLive(fetcher, failOnLogout)
  const received: string[] = []
  const stop = live.on("inventory", ({ what }) => {
    received.push(what)
    stop()
  })
  live.start()
  await until(t, () => requests.length >= 3)
  live.stop()
  assert.deepEqual(received, ["site"])
})

test("live: a session that ended ends the stream, and the next login starts it again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const { requests, fetcher } = fakeFetch([{ status: 401, text: "" }])
  let loggedOut = 0
  const live = createLive(fetcher, () => {
    loggedOut += 1
  })
  live.start()
  await until(t, () => loggedOut === 1)
  live.start()
  await until(t, () => requests.length === 2)
  live.stop()
  assert.equal(loggedOut, 1)
})

test("live: only what somebody listens to is asked for; a topic more goes on where the stream was", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const { requests, fetcher } = fakeFetch([{ status: 200, text: hello, keepOpen: true }])
  const live = createLive(fetcher, failOnLogout)
  const phases: string[] = []
  live.state.subscribe(({ phase }) => phases.push(phase))
  live.on("incident", () => undefined)
  live.start()
  await until(t, () => phases.includes("live"))
  const stop = live.withPorts("d1")
  live.on("event", () => undefined)
  await until(t, () => requests.length === 2)
  assert.deepEqual(phases, ["live"])
  stop()
  live.stop()
  assert.deepEqual(
    requests.map((url) => decodeURIComponent(url)),
    ["/api/v1/live?topics=incident", "/api/v1/live?after=a.5&topics=incident,event,ports:d1"],
  )
})

test("live: a tab that is hidden for a minute ends its stream, and goes on after the last message when it is seen", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const { requests, fetcher } = fakeFetch([{ status: 200, text: hello, keepOpen: true }])
  const listeners = new Set<() => void>()
  const page = {
    visibilityState: "visible" as DocumentVisibilityState,
    addEventListener: (_: string, listener: () => void) => void listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => void listeners.delete(listener),
  }
  const show = (state: DocumentVisibilityState): void => {
    page.visibilityState = state
    for (const listener of listeners) listener()
  }
  const live = createLive(fetcher, failOnLogout, page as never)
  live.start()
  await until(t, () => live.state.value.phase === "live")
  show("hidden")
  t.mock.timers.tick(61_000)
  await new Promise((resolve) => setImmediate(resolve))
  const before = requests.length
  assert.equal(live.state.value.phase, "connecting")
  show("visible")
  await until(t, () => requests.length > before)
  live.stop()
  assert.equal(requests.at(-1), "/api/v1/live?after=a.5")
  assert.equal(listeners.size, 0)
})
