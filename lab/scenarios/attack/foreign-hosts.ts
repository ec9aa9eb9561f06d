/**
 * Requests under another site's name (DNS rebinding), and /metrics through a proxy on this machine.
 */
import { type Attack, expectEqual, expectThat, type Finding } from "./attack.ts"
import { request } from "./request.ts"
import type { Testbed } from "./testbed.ts"

const run = async ({ origin, admin }: Testbed): Promise<readonly Finding[]> => {
  const statusOf = async (path: string, headers: Record<string, string>): Promise<number> =>
    (await request(`${origin}${path}`, { headers })).status
  const paths = [
    "/",
    "/api/v1/session",
    "/api/v1/devices",
    "/api/openapi.json",
    "/metrics",
    "/nothing",
  ]
  const foreign = await Promise.all(
    paths.map((path) => statusOf(path, { host: "rebound.attacker.example" })),
  )
  const withCookie = await statusOf("/api/v1/devices", {
    host: "rebound.attacker.example:8080",
    cookie: admin.cookie(),
  })
  const own = await Promise.all(
    ["localhost", "127.0.0.1", "[::1]"].map((host) => statusOf("/api/v1/session", { host })),
  )
  const forwarded = await Promise.all(
    [
      { "x-forwarded-for": "203.0.113.9" },
      { "x-real-ip": "203.0.113.9" },
      { forwarded: "for=203.0.113.9" },
      { via: "1.1 proxy" },
      { "x-forwarded-host": "noc.example" },
    ].map((headers) => statusOf("/metrics", headers)),
  )
  const claimed = await request(`${origin}/metrics`, {
    headers: { "x-forwarded-for": "127.0.0.1" },
  })
  return [
    expectEqual(
      `under another site's name ${paths.join(" ")} are 421`,
      foreign,
      paths.map(() => 421),
    ),
    expectEqual("with the administrator's cookie too", withCookie, 421),
    expectEqual("localhost and addresses are answered", own, [200, 200, 200]),
    expectEqual(
      "/metrics through a proxy on this machine needs a login",
      forwarded,
      [401, 401, 401, 401, 401],
    ),
    expectThat("a forged X-Forwarded-For gives no access", claimed.status === 401, claimed.status),
    expectEqual("/metrics of this machine itself", await statusOf("/metrics", {}), 200),
  ]
}

export const foreignHosts: Attack = {
  name: "foreign-hosts",
  about:
    "another site's name resolves to the appliance, and a local proxy forwards requests for /metrics",
  run,
}
