/** What a seed writes, and what is left for the appliance to do when it starts. Pure. */
import { CLAIM_FILE, type Claim } from "../machine/claim.ts"
import {
  hostnameFiles,
  networkFiles,
  type PlannedFile,
  sshFiles,
  timeFile,
} from "../machine/settings-files.ts"
import { CHAIN_FILE, KEY_FILE } from "../machine/ui-certificate.ts"
import type { Seed } from "./model.ts"

const DATA = "/var/lib/ispvm"
const PRIVATE = 0o600

export type SeedPlan = {
  readonly files: readonly PlannedFile[]
  readonly hostname: string | null
  /** SSH is enabled once there is a key. */
  readonly enablesSsh: boolean
}

const ownFile = (name: string, text: string): PlannedFile => ({
  path: `${DATA}/${name}`,
  text,
  mode: PRIVATE,
  owner: "ispvm",
})

const claimFiles = ({ organisation, administrator, agents = [] }: Seed): readonly PlannedFile[] => {
  if (organisation === undefined || administrator === undefined) return []
  const claim: Claim = { organisation, administrator, agents: [...agents] }
  return [ownFile(CLAIM_FILE, `${JSON.stringify(claim)}\n`)]
}

export const planSeed = (seed: Seed): SeedPlan => {
  const { hostname, network, ntp, sshKeys = [], certificate } = seed
  return {
    hostname: hostname ?? null,
    enablesSsh: sshKeys.length > 0,
    files: [
      ...(hostname === undefined ? [] : hostnameFiles(hostname)),
      ...(network === undefined ? [] : networkFiles(network)),
      ...(ntp === undefined ? [] : [timeFile(ntp)]),
      ...(sshKeys.length === 0 ? [] : sshFiles(sshKeys)),
      ...(certificate === undefined
        ? []
        : [ownFile(CHAIN_FILE, certificate.chain), ownFile(KEY_FILE, certificate.key)]),
      ...claimFiles(seed),
    ],
  }
}
