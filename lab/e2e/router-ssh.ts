/**
 * The terminal of a simulated router over SSH, as `community.routeros` expects one: it asks which
 * terminal it is, echoes what is typed, and ends each answer with its prompt.
 */
import { generateKeyPairSync } from "node:crypto"
import { once } from "node:events"
import ssh2, { type Connection, type ServerChannel } from "ssh2"

/** What a line prints; throws with the router's own text where it ends in an error. */
type RunLine = (line: string) => Promise<string>
export type RouterSsh = {
  readonly port: number
  /** Every line that was typed. */
  readonly typed: readonly string[]
  readonly close: () => Promise<void>
}
export type RouterLogin = { readonly user: string; readonly password: string }

/** DECID, and what a terminal of type VT52 answers. */
const WHICH_TERMINAL = "\u001bZ"
const VT52 = "\u001b/Z"
/** RouterOS takes settings of the terminal behind the name: `admin+cet4096w`. */
const nameIn = (user: string): string => user.split("+")[0] ?? ""

const serveTerminal = (
  channel: ServerChannel,
  name: string,
  run: RunLine,
  typed: string[],
): void => {
  const prompt = `\r\n[${name}] > `
  let line = ""
  let isBusy = false
  const answer = async (): Promise<void> => {
    isBusy = true
    const command = line.trim()
    line = ""
    channel.write("\r\n")
    if (command !== "") {
      typed.push(command)
      const output = await run(command).catch((error: Error) => error.message)
      if (output !== "") channel.write(`${output.replaceAll("\n", "\r\n")}\r\n`)
    }
    channel.write(prompt)
    isBusy = false
  }
  channel.write(WHICH_TERMINAL)
  channel.setEncoding("utf8").on("data", (text: string) => {
    const keys = text.replace(VT52, () => {
      channel.write(prompt)
      return ""
    })
    for (const key of keys) {
      if (isBusy) return
      if (key === "\r" || key === "\n") void answer()
      else {
        line += key
        channel.write(key)
      }
    }
  })
}

const accept = (
  connection: Connection,
  { user, password }: RouterLogin,
  onShell: (channel: ServerChannel) => void,
): void => {
  connection
    .on("error", () => undefined)
    .on("authentication", (request) => {
      const isRight =
        request.method === "password" &&
        nameIn(request.username) === user &&
        request.password === password
      if (isRight) request.accept()
      else request.reject(["password"])
    })
    .on("session", (acceptSession) => {
      const session = acceptSession()
      session.on("pty", (acceptPty) => acceptPty?.())
      session.on("shell", (acceptShell) => onShell(acceptShell()))
    })
}

/** On a free port of loopback. */
export const startRouterSsh = async (
  router: string,
  login: RouterLogin,
  run: RunLine,
): Promise<RouterSsh> => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  })
  const typed: string[] = []
  const connections = new Set<Connection>()
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (connection) => {
    connections.add(connection)
    connection.on("close", () => connections.delete(connection))
    accept(connection, login, (channel) =>
      serveTerminal(channel, `${login.user}@${router}`, run, typed),
    )
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    typed,
    close: async () => {
      for (const connection of connections) connection.end()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
