// A test reporter that keeps a file with what no other reporter tells: the tests that have begun and not ended (so that what hangs
// can be named), the files in which a test failed, and how many seconds each file took.
import { writeFileSync } from "node:fs"
import { relative } from "node:path"

export default async function* notes(source) {
  const path = process.env.ISPVM_TEST_NOTES
  const running = new Map()
  const failedFiles = new Set()
  const seconds = {}
  const write = () => {
    if (path)
      writeFileSync(
        path,
        JSON.stringify({ running: [...running.values()], failedFiles: [...failedFiles], seconds }),
      )
  }
  for await (const event of source) {
    const file = event.data?.file ? relative(process.cwd(), event.data.file) : ""
    const key = `${file}:${event.data?.line}:${event.data?.column}:${event.data?.name}`
    if (event.type === "test:dequeue") running.set(key, `${file}  ${event.data.name}`)
    else if (event.type === "test:complete") {
      running.delete(key)
      if (file && event.data.nesting === 0) {
        const took = (seconds[file] ?? 0) + (event.data.details?.duration_ms ?? 0) / 1_000
        seconds[file] = Math.round(took * 100) / 100
      }
      // A test that is marked as to do may fail.
      if (file && event.data.details?.passed === false && event.data.todo === undefined)
        failedFiles.add(file)
    } else continue
    write()
  }
  write()
  yield ""
}
