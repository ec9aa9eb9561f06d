// A test reporter that keeps a file with the names of the tests that have begun and not ended: what hangs can then be named.
import { writeFileSync } from "node:fs"
import { relative } from "node:path"

export default async function* running(source) {
  const path = process.env.ISPVM_TESTS_RUNNING
  const open = new Map()
  for await (const event of source) {
    const key = `${event.data?.file}:${event.data?.line}:${event.data?.column}:${event.data?.name}`
    if (event.type === "test:dequeue")
      open.set(key, `${event.data.file ? relative(process.cwd(), event.data.file) : ""}  ${event.data.name}`)
    else if (event.type === "test:complete") open.delete(key)
    else continue
    if (path) writeFileSync(path, [...open.values()].join("\n"))
  }
  yield ""
}
