/**
 * `copy … from stdin` whose data are at hand: they follow the statement without waiting for the
 * server to ask for them. A server that rejects the statement skips them.
 */
import pg from "pg"

type Connection = pg.Connection & { readonly query: (text: string) => void }

// A `pg.Query`, since no other class may be sent before the answers to earlier statements.
export class CopyIn extends pg.Query {
  readonly #text: string
  readonly #data: Buffer
  /** `data`: whole messages, the one of the end included. */
  constructor(text: string, data: Buffer) {
    super({ text })
    this.#text = text
    this.#data = data
  }

  override submit = (connection: pg.Connection): void => {
    const { stream } = connection
    stream.cork()
    ;(connection as Connection).query(this.#text)
    stream.write(this.#data)
    stream.uncork()
  }

  handleCopyInResponse(): void {
    // The data are on their way.
  }

  run(client: pg.ClientBase): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      const own = this as unknown as {
        callback: (error: Error | null, result: pg.QueryResult) => void
      }
      own.callback = (error, result) => {
        if (error) reject(error)
        else resolve(result)
      }
      client.query(this)
    })
  }
}
