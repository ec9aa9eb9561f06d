/** Every attack of `npm run attack`, in the order they run. One file per attack. */
import { agentBodies } from "./agent-bodies.ts"
import type { Attack } from "./attack.ts"
import { eventStreams } from "./event-streams.ts"
import { foreignHosts } from "./foreign-hosts.ts"
import { halfOpen } from "./half-open.ts"
import { largeAnswers } from "./large-answers.ts"
import { loginGuesses } from "./login-guesses.ts"
import { stolenCredential } from "./stolen-credential.ts"
import { syslogLines } from "./syslog-lines.ts"

export const ATTACKS: readonly Attack[] = [
  syslogLines,
  halfOpen,
  agentBodies,
  eventStreams,
  foreignHosts,
  largeAnswers,
  stolenCredential,
  loginGuesses,
]
