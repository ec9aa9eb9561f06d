/** Nagios and Alertmanager as the bench starts them: one dead router with customers behind it, and then all is well again. */
import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { test } from "node:test"
import { sightOf } from "../world.ts"
import { startAlertmanager } from "./alertmanager.ts"
import { calm, lookOnce } from "./arena.ts"
import { startNagios } from "./nagios.ts"
import { type Pace, paceOf } from "./pace.ts"
import type { Peer } from "./peer.ts"
import { findPrograms, peerAccount } from "./programs.ts"
import { makeScene } from "./scene.ts"

const pace: Pace = { ...paceOf(2), attempts: 1, checkEvery: 1 }
/** v – a – b, a customer c at b. */
const scene = makeScene("n0", {
  nodes: ["v", "a", "b", "c"].map((id) => ({ id, kind: id === "c" ? "customer" : "router", monitored: id !== "c" })),
  links: ["va", "ab", "bc"].map((id) => ({ id, a: id[0] ?? "", b: id[1] ?? "" })),
  groups: [],
  vantages: ["v"],
})
const programs = findPrograms()

test("Nagios and Alertmanager page a dead router and not what is behind it, tell that it is over, and leave nothing", {
  skip: "missing" in programs && programs.missing,
}, async () => {
  assert.ok(!("missing" in programs))
  const peers: Peer[] = []
  try {
    peers.push(startNagios(programs.nagios, [scene], peerAccount(), pace))
    peers.push(await startAlertmanager(programs.alertmanager, [scene], peerAccount(), pace))
    await Promise.all(peers.map((peer) => peer.isUp()))
    const arena = { peers, pace }
    await calm(arena, [scene])
    for (let looks = 0; looks < 9; looks += 1) await lookOnce(arena, new Map([[scene, sightOf(scene.world, ["b"])]]))
    await calm(arena, [scene])
    for (const peer of peers)
      assert.deepEqual(
        peer.takePages().map((page) => [peer.name, page.names.map((name) => scene.idOf.get(name)), page.recovered]),
        [[peer.name, ["b"], true]],
      )
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()))
  }
  assert.deepEqual(
    peers.map(({ folder }) => existsSync(folder)),
    [false, false],
  )
})
