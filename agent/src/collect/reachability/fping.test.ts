import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { promisify } from "node:util"
import { withVariable } from "../../../test/config.ts"
import { openBatchedOutput } from "./batched-output.ts"
import { createIcmpLoop, createIcmpProbe, findFping } from "./fping.ts"
import { createLines, parseProbe, parseSummary } from "./fping-lines.ts"

const probes: [string, ReturnType<typeof parseProbe>][] = [
  [
    "192.0.2.7 : [0], 64 bytes, 0.26 ms (0.26 avg, 0% loss)",
    { target: "192.0.2.7", index: 0, rttMs: 0.26 },
  ],
  [
    "2001:db8::1    : [5], timed out (NaN avg, 100% loss)",
    { target: "2001:db8::1", index: 5, rttMs: null },
  ],
  [
    "192.0.2.7 : [12], 84 bytes, 1043 ms (1043 avg, 0% loss)",
    { target: "192.0.2.7", index: 12, rttMs: 1043 },
  ],
  ["ICMP Host Unreachable from 192.0.2.1 for ICMP Echo sent to 192.0.2.7", null],
  ["", null],
]
for (const [line, expected] of probes)
  test(`a line of fping: ${line || "nothing"}`, () => assert.deepEqual(parseProbe(line), expected))

test("the summary has every probe of a target", () => {
  assert.deepEqual(parseSummary("192.0.2.7 : 0.26 - 1043"), {
    target: "192.0.2.7",
    rttsMs: [0.26, null, 1043],
  })
  assert.equal(parseSummary("192.0.2.7 : [0], 64 bytes, 0.26 ms (0.26 avg, 0% loss)"), null)
  assert.equal(parseSummary("nowhere.invalid: Name or service not known"), null)
})

test("lines are complete however chunks are cut, and an endless one is dropped", () => {
  const lines: string[] = []
  const feed = createLines((line) => lines.push(line))
  for (const chunk of ["a", "b\nc", "\n", "x".repeat(5_000), "y\nd\n"]) feed(chunk)
  assert.deepEqual(lines, ["ab", "c", "y", "d"])
})

/** A program in place of fping that prints what the test wants. */
const withProgram = async (
  script: string,
  use: (program: string) => Promise<void>,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "ispvm-fping-"))
  try {
    const program = join(folder, "fping")
    await writeFile(program, `#!/bin/sh\n${script}\n`)
    await chmod(program, 0o755)
    await use(program)
  } finally {
    await rm(folder, { recursive: true })
  }
}
const spec = {
  targets: ["192.0.2.1", "192.0.2.2"],
  count: 2,
  periodMs: 10,
  gapMs: 1,
  timeoutMs: 10,
}
const probesOf = async (program: string) => {
  const seen: [string, number, number | null][] = []
  const end = await createIcmpProbe(program)(
    spec,
    (...probe) => seen.push(probe),
    new AbortController().signal,
  )
  return { seen, end }
}

test("fping gets none of the agent's environment, which may contain a token", async () => {
  const script = `[ -z "$ISPVM_TOKEN" ] || echo "it has the token" >&2; exit 4`
  await withVariable("ISPVM_TOKEN", "secret", () =>
    withProgram(script, async (program) => {
      assert.deepEqual((await probesOf(program)).end, {
        kind: "failed",
        message: "fping ended with 4",
      })
    }),
  )
})

test("each probe is reported once, from its line or else from the summary", async () => {
  const script = `cat >/dev/null
    echo '192.0.2.1 : [0], 64 bytes, 1.5 ms (1.5 avg, 0% loss)'; echo '192.0.2.1 : [0], 64 bytes, 9 ms (1.5 avg, 0% loss)'
    echo '203.0.113.9 : [0], 64 bytes, 1 ms (1 avg, 0% loss)'
    echo '192.0.2.1 : 1.5 -' >&2; echo '192.0.2.2 : - -' >&2; exit 1`
  await withProgram(script, async (program) => {
    const { seen, end } = await probesOf(program)
    assert.equal(end.kind, "done")
    assert.deepEqual(
      seen.toSorted(([a, i], [b, j]) => a.localeCompare(b) || i - j),
      [
        ["192.0.2.1", 0, 1.5],
        ["192.0.2.1", 1, null],
        ["192.0.2.2", 0, null],
        ["192.0.2.2", 1, null],
      ],
    )
  })
})

test("a failure of fping is reported with its message, and no probe counts as lost", async () => {
  await withProgram(
    'echo "can\'t create socket (must run as root?)" >&2; exit 4',
    async (program) => {
      assert.deepEqual(await probesOf(program), {
        seen: [],
        end: { kind: "failed", message: "can't create socket (must run as root?)" },
      })
    },
  )
})

const loopSpec = { targets: ["192.0.2.1"], periodMs: 200, gapMs: 1, timeoutMs: 10 }

test("a loop reports each probe while it goes on, until it is stopped", async () => {
  const script = `cat >/dev/null; i=0; while :; do
    echo "192.0.2.1 : [$i], 64 bytes, 1.5 ms (1.5 avg, 0% loss)"; i=$((i+1)); sleep 0.05; done`
  await withProgram(script, async (program) => {
    const stopping = new AbortController()
    const seen: number[] = []
    const end = await createIcmpLoop(program)(
      loopSpec,
      (_, index) => {
        assert.equal(stopping.signal.aborted, false, "reported after the stop")
        if (seen.push(index) === 3) stopping.abort()
      },
      stopping.signal,
    )
    assert.deepEqual([end, seen], [{ kind: "stopped" }, [0, 1, 2]])
  })
})

test("a loop that ends by itself has failed, and what it wrote before counts", async () => {
  const script = `cat >/dev/null; echo "192.0.2.1 : [0], timed out (NaN avg, 100% loss)"
    echo "no more sockets" >&2; exit 4`
  await withProgram(script, async (program) => {
    const seen: (number | null)[] = []
    const end = await createIcmpLoop(program)(
      loopSpec,
      (_, __, rttMs) => seen.push(rttMs),
      new AbortController().signal,
    )
    assert.deepEqual([end, seen], [{ kind: "failed", message: "no more sockets" }, [null]])
  })
})

test("without a program for named pipes the usual output of a loop is read", async () => {
  const before = readdirSync(tmpdir()).length
  await withVariable("PATH", "/nowhere", async () => assert.equal(openBatchedOutput(), null))
  assert.equal(readdirSync(tmpdir()).length, before)
})

test("the error for a missing fping has the command to install it", async () => {
  const found = await findFping("/nowhere/fping", new AbortController().signal)
  assert.equal(found.ok, false)
  assert.match(found.ok ? "" : found.note, /apt-get install fping/)
})

test("after a stop nothing is reported any more", async () => {
  await withProgram("exec sleep 30", async (program) => {
    const end = await createIcmpProbe(program)(
      spec,
      () => assert.fail("reported"),
      AbortSignal.timeout(30),
    )
    assert.equal(end.kind, "stopped")
  })
})

test("without a free file descriptor a ping fails, a TCP probe gives no result, and nothing crashes", async () => {
  const script = `
    import { closeSync, openSync } from "node:fs"
    import { createIcmpProbe } from ${JSON.stringify(new URL("fping.ts", import.meta.url).href)}
    import { tcpProbe } from ${JSON.stringify(new URL("tcp-probe.ts", import.meta.url).href)}
    const held = []
    try { for (;;) held.push(openSync("/dev/null")) } catch {}
    const shot = ${JSON.stringify(spec)}
    const end = await createIcmpProbe("fping")(shot, () => undefined, new AbortController().signal)
    const tcpProbed = await tcpProbe("127.0.0.1", 9, 500)
    for (const fd of held) closeSync(fd)
    console.log(JSON.stringify([end.kind, tcpProbed]))`
  const command = 'ulimit -n 64 && exec "$0" --input-type=module -e "$1"'
  const { stdout } = await promisify(execFile)("sh", ["-c", command, process.execPath, script])
  assert.equal(stdout.trim(), '["failed",null]')
})
