/**
 * A made-up endpoint is two edits (made-up-endpoint.ts). The real program then serves it, checks
 * its permission and its body, and documents it; the UI's client has a typed call for it.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { z } from "zod"
import { databaseUrl } from "../src/platform/postgres/database-url.ts"
import { makeAuthority } from "./authority.ts"
import { type TestDatabase, testDatabase } from "./database.ts"
import { EDITS, preload } from "./made-up-endpoint.ts"
import { type Program, startProgram } from "./program.ts"
import { sendTls, type TlsAnswer } from "./send-tls.ts"

const ROOT = join(import.meta.dirname, "../..")
const CODE = "open-sesame-now"
const PATH = "/api/v1/made-ups/{id}"
const ID = "5f0c1f8e-5f0e-4c43-8f5c-3f1d2a4b5c6d"
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
  components: z.looseObject({
    securitySchemes: z.object({ session: z.object({ in: z.string(), name: z.string() }) }),
  }),
})
const ProblemFields = z.looseObject({ fields: z.array(z.object({ path: z.string() })) })

let db: TestDatabase
let dataDir: string
let program: Program | undefined
let url: string

/** With TLS on, the certificate is of the program's own authority. */
const send = (method: string, path: string, cookie = "", body?: object): Promise<TlsAnswer> =>
  sendTls({
    ...{ port: Number(new URL(url).port), method, path, ca: null, body },
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(cookie === "" ? {} : { cookie }),
    },
  })
/** `name=value` of the session's cookie. */
const cookieOf = ({ headers }: TlsAnswer): string =>
  String(headers["set-cookie"] ?? "").split(";")[0] ?? ""

const cookies = { admin: "", viewer: "" }
const setUp = async (): Promise<void> => {
  const password = "a long enough password"
  const admin = { name: "Ada", email: "ada@example.net", password }
  const done = await send("POST", "/api/v1/setup", "", {
    ...{ setupCode: CODE, organisation: "Net" },
    ...admin,
  })
  assert.equal(done.status, 201, done.text)
  cookies.admin = cookieOf(done)
  const viewer = { name: "Vic", email: "vic@example.net", password, role: "viewer" }
  assert.equal((await send("POST", "/api/v1/accounts", cookies.admin, viewer)).status, 201)
  const { email } = viewer
  cookies.viewer = cookieOf(await send("POST", "/api/v1/session", "", { email, password }))
}

const isServed = async (): Promise<void> => {
  const path = PATH.replace("{id}", ID)
  const post = (cookie: string, body: object) => send("POST", path, cookie, body)
  assert.equal((await post("", { note: "hello" })).status, 401)
  assert.equal((await post(cookies.viewer, { note: "hello" })).status, 403)
  const answer = await post(cookies.admin, { note: "hello" })
  assert.deepEqual(
    [answer.status, JSON.parse(answer.text)],
    [200, { id: ID, text: "hello 1 ada@example.net" }],
  )
  const wrong = await post(cookies.admin, { note: "no", more: true })
  assert.equal(wrong.status, 422, wrong.text)
  const paths = ProblemFields.parse(JSON.parse(wrong.text)).fields.map((field) => field.path)
  assert.ok(paths.includes("note"), wrong.text)
  assert.equal((await send("POST", path.replace(ID, "7"), cookies.admin, {})).status, 404)
}

const isDocumented = async (): Promise<void> => {
  const document = Document.parse(
    JSON.parse((await send("GET", "/api/openapi.json", cookies.admin)).text),
  )
  assert.partialDeepStrictEqual(document.paths[PATH]?.post, {
    summary: "A made-up endpoint",
    "x-permission": "inventory:write",
    requestBody: {
      content: { "application/json": { schema: { required: ["note"], type: "object" } } },
    },
  })
  const { session } = document.components.securitySchemes
  assert.equal(session.in, "cookie")
  assert.equal(session.name, cookies.admin.split("=")[0])
  assert.match(session.name, /^__Host-/, "with TLS the cookie is bound to the host")
}

/** Copies of the table with the row, and of the client's call, checked by the compiler. */
const hasTypedCall = (): void => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-made-up-"))
  try {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"))
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    const edit = EDITS["appliance/src/api/endpoints.ts"] ?? assert.fail("no edit of the table")
    const table = edit(readFileSync(join(ROOT, "appliance/src/api/endpoints.ts"), "utf8"))
    const call = readFileSync(join(ROOT, "ui/src/api/call.ts"), "utf8")
    writeFileSync(
      join(folder, "endpoints.ts"),
      table.replaceAll('from "./', `from "${ROOT}/appliance/src/api/`),
    )
    writeFileSync(
      join(folder, "call.ts"),
      call
        .replaceAll('from "./', `from "${ROOT}/ui/src/api/`)
        .replaceAll('from "../', `from "${ROOT}/ui/src/`)
        .replace("@ispvm/appliance/api/endpoints", "./endpoints.ts"),
    )
    writeFileSync(
      join(folder, "example.ts"),
      `import { createCall } from "./call.ts"
const call = createCall(fetch, () => undefined)
const name = "POST /made-ups/{id}"
export const text: Promise<string> = call(name, { params: { id: "x" }, body: { note: "hello" } })
  .then((answer) => answer.text)
// @ts-expect-error a field that the schema lacks
void call(name, { params: { id: "x" }, body: { note: "hello", more: 1 } })
// @ts-expect-error the body is required
void call(name, { params: { id: "x" } })
`,
    )
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(ROOT, "tsconfig.base.json"),
        compilerOptions: { lib: ["es2024", "dom", "dom.iterable"], types: ["node"] },
        include: ["example.ts"],
      }),
    )
    const { status, stdout } = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder], {
      encoding: "utf8",
    })
    assert.equal(status, 0, stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const isListed = (): void => {
  const points = z
    .record(z.string(), z.array(z.string()))
    .parse(JSON.parse(readFileSync(join(ROOT, ".ci/extension-points.json"), "utf8")))
  assert.deepEqual(points.route, Object.keys(EDITS))
}

// The hooks stand inside: beside another file's tests in one process they would run before all.
describe("an endpoint of the UI API", () => {
  before(async () => {
    db = await testDatabase({ isSetUp: false })
    dataDir = mkdtempSync(join(tmpdir(), "ispvm-made-up-"))
    await makeAuthority(dataDir)
    copyFileSync(db.passwordsFile, join(dataDir, "database.json"))
    program = startProgram({
      command: [process.execPath, "--import", preload],
      env: {
        ISPVM_DATA_DIR: dataDir,
        ISPVM_SETUP_CODE: CODE,
        ISPVM_UI_TLS: "on",
        DATABASE_URL: databaseUrl(db.superuser),
      },
    })
    url = await program.url
    await setUp()
  })
  after(async () => {
    program?.child.kill("SIGTERM")
    await program?.exited
    await db.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  test("is served: without a session 401, without its permission 403, a wrong body 422", isServed)
  test(
    "is in OpenAPI with its permission and its body, and OpenAPI names the cookie that is set",
    isDocumented,
  )
  test("has a call of the UI's client, with the types of its schemas", hasTypedCall)
  test("touches the files that are listed", isListed)
})
