import assert from "node:assert/strict"
import { test } from "node:test"
import { filesThatReach, jobsOf, nextJob, planJobs, selectFiles } from "./test-plan.ts"

const ALL = new Map([
  ["agent", ["agent/src/a.test.ts", "agent/src/b.test.ts"]],
  ["lab", ["lab/simulator/c.test.ts"]],
  ["e2e", ["lab/e2e/d.test.ts"]],
] as const)

test("a word that matches no file is an error, and names what there is", () => {
  const selection = selectFiles(ALL, ["agent", "nonsense"])
  assert.ok(!selection.ok)
  assert.match(selection.error, /"nonsense".*agent, lab, e2e/)
})

test("a group, a folder and a part of a path select; nothing selects all", () => {
  const filesOf = (...wanted: string[]) => {
    const selection = selectFiles(ALL, wanted)
    return selection.ok ? [...selection.files.values()].flat() : []
  }
  assert.deepEqual(filesOf("agent"), ["agent/src/a.test.ts", "agent/src/b.test.ts"])
  assert.deepEqual(filesOf("lab"), ["lab/simulator/c.test.ts"])
  assert.deepEqual(filesOf("./lab/e2e/", "b.test"), ["agent/src/b.test.ts", "lab/e2e/d.test.ts"])
  assert.equal(filesOf().length, 4)
})

test("every file is in one job, long files apart, the longest job first", () => {
  const took = (wall: number) => ({ cpu: 1, wall })
  const times = {
    "agent/src/a.test.ts": took(60),
    "agent/src/b.test.ts": took(50),
    "lab/e2e/d.test.ts": took(200),
  }
  const jobs = planJobs(ALL, times)
  assert.deepEqual(
    jobs.map(({ files }) => files),
    [
      ["lab/e2e/d.test.ts"],
      ["agent/src/a.test.ts"],
      ["agent/src/b.test.ts"],
      ["lab/simulator/c.test.ts"],
    ],
  )
  assert.equal(jobsOf("agent", ["x", "y"], {}).length, 1)
  // However long one is, the short ones share a process.
  const beside = jobsOf("agent", ["x", "y", "z"], { x: took(400) })
  assert.deepEqual(
    beside.map(({ files }) => files),
    [["x"], ["y", "z"]],
  )
})

test("two groups with simulated networks run at once only if each has a network of its own", () => {
  const [lab, agent, e2e] = (["lab", "agent", "e2e"] as const).map((group) => ({
    group,
    files: [group],
    seconds: 1,
  }))
  assert.ok(lab && agent && e2e)
  assert.equal(nextJob([e2e, agent], [lab], false), agent)
  assert.equal(nextJob([e2e], [lab], false), undefined)
  assert.equal(nextJob([e2e, agent], [agent], false), e2e)
  assert.equal(nextJob([e2e], [lab], true), e2e)
})

test("what reaches a heavy file by any number of imports is found", () => {
  const imports = [
    { from: "a.test.ts", to: "b.ts" },
    { from: "b.ts", to: "playwright-core" },
    { from: "c.test.ts", to: "d.ts" },
  ]
  const heavy = filesThatReach(imports, (path) => path === "playwright-core")
  assert.deepEqual([heavy.has("a.test.ts"), heavy.has("c.test.ts")], [true, false])
})
