import assert from "node:assert/strict"
import { test } from "node:test"
import { databaseUrl, describeConnection, parseDatabaseUrl } from "./database-url.ts"

test("a URL has the host, the user and the TLS mode", () => {
  assert.deepEqual(
    parseDatabaseUrl("postgres://me:p%40ss@db.example:6000/noc?sslmode=verify-full"),
    {
      at: { kind: "tcp", host: "db.example", port: 6000, tls: "verify-full", rootFile: null },
      database: "noc",
      user: "me",
      password: "p@ss",
    },
  )
  assert.deepEqual(parseDatabaseUrl("postgresql://me@[::1]/noc", { password: "given" }), {
    at: { kind: "tcp", host: "::1", port: 5432, tls: "disable", rootFile: null },
    database: "noc",
    user: "me",
    password: "given",
  })
  assert.deepEqual(
    parseDatabaseUrl("postgres://me@localhost/noc?host=/run/postgresql&port=5433").at,
    {
      kind: "socket",
      directory: "/run/postgresql",
      port: 5433,
    },
  )
})

test("the root of the URL has priority over that of the environment", () => {
  const rootOf = (text: string) => {
    const { at } = parseDatabaseUrl(text, { rootFile: "/etc/other.crt" })
    return at.kind === "tcp" ? at.rootFile : null
  }
  assert.equal(rootOf("postgres://me@h/d?sslrootcert=/etc/root.crt"), "/etc/root.crt")
  assert.equal(rootOf("postgres://me@h/d"), "/etc/other.crt")
})

test("a written URL is parsed back unchanged", () => {
  for (const text of [
    "postgres://a:b@h:1/d?sslmode=require",
    "postgres://a:b%20c@localhost/d?host=%2Frun%2Fx&port=7",
    "postgres://a:b@[::1]:5/d",
    "postgres://a:b@h/d?sslmode=verify-ca&sslrootcert=%2Fetc%2Fa%20root.crt",
  ]) {
    const connection = parseDatabaseUrl(text)
    assert.deepEqual(parseDatabaseUrl(databaseUrl(connection)), connection)
  }
})

for (const [name, text, expected] of [
  ["another scheme", "mysql://u:geheim@h/d", /not a postgres/],
  ["no URL", "geheim", /not a postgres/],
  ["no user", "postgres://h/d", /no user/],
  ["a wrong port", "postgres://u:geheim@h/d?port=x", /port/],
  ["a wrong sslmode", "postgres://u:geheim@h/d?sslmode=sometimes", /sslmode is not one of/],
  ["a stray %", "postgres://u%zz:geheim@h/d", /%/],
] as const) {
  test(`${name} is reported, and the password is not`, () => {
    assert.throws(
      () => parseDatabaseUrl(text),
      (error: unknown) =>
        error instanceof Error && expected.test(error.message) && !error.message.includes("geheim"),
    )
  })
}

test("a description contains no password", () => {
  assert.equal(describeConnection(parseDatabaseUrl("postgres://u:geheim@h/d")), "u@h:5432/d")
})
