/** A TCP proxy in front of the broker, by which connections are cut, held up and made deaf. */
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as connectTo, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

interface Link {
  readonly client: Socket
  readonly broker: Socket
  /** The client id in the first request; empty before that has come. */
  clientId: string
  /** What the client sent and the broker is to get later; undefined where it gets everything at once. */
  late: Buffer[] | undefined
}

/** Takes connections of clients and makes one to the broker for each. */
export class TcpProxy {
  readonly #server: Server
  readonly #links = new Set<Link>()
  #target: { readonly host: string; readonly port: number } | undefined
  #held = false
  #deaf = false

  private constructor() {
    this.#server = createServer({ pauseOnConnect: true }, client => this.#link(client))
  }

  /** Listens on a free port of this machine. */
  static async listen(): Promise<TcpProxy> {
    const proxy = new TcpProxy()
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Where connections lead from now on; until then they are refused. */
  set target(address: string) {
    const colon = address.lastIndexOf(':')
    this.#target = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }
  }

  /** Cuts all connections, or those that `which` picks. */
  cut(which: () => boolean = () => true): void {
    for (const { client, broker } of [...this.#links]) {
      if (!which()) continue
      client.destroy()
      broker.destroy()
    }
  }

  /** Nothing passes in either direction until it is let go. */
  set held(held: boolean) {
    this.#held = held
    for (const { client, broker } of this.#links) {
      for (const socket of [client, broker]) {
        if (held) socket.pause()
        else socket.resume()
      }
    }
  }

  /**
   * Requests on the connections of the clients that `which` picks don't reach the broker for `gatherMs`; then the clients lose these
   * connections, and another `laterMs` later the broker gets the requests, when the clients may long have sent them again elsewhere.
   */
  async delay(which: (clientId: string) => boolean, gatherMs: number, laterMs: number): Promise<number> {
    const links = [...this.#links].filter(({ clientId }) => which(clientId))
    for (const link of links) link.late = []
    await pause(gatherMs)
    for (const { client } of links) client.destroy()
    await pause(laterMs)
    let byteCount = 0
    for (const { broker, late = [] } of links) {
      for (const chunk of late) byteCount += chunk.length
      broker.end(Buffer.concat(late))
    }
    return byteCount
  }

  /** Requests reach the broker and answers are thrown away. Whoever ends this must cut all connections: they have holes. */
  set deaf(deaf: boolean) {
    this.#deaf = deaf
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #link(client: Socket): void {
    if (this.#target === undefined) {
      client.destroy()
      return
    }
    const broker = connectTo(this.#target)
    const link: Link = { client, broker, clientId: '', late: undefined }
    this.#links.add(link)
    const end = (): void => {
      this.#links.delete(link)
      client.destroy()
      // Of a connection whose requests come late the broker's side goes on for a while.
      if (link.late === undefined) broker.destroy()
    }
    const pass = (from: Socket, to: Socket, takes: (chunk: Buffer) => boolean): void => {
      from.on('data', chunk => {
        if (!takes(chunk) || to.destroyed || to.write(chunk)) return
        from.pause()
        to.once('drain', () => {
          if (!this.#held) from.resume()
        })
      })
      from.on('error', end)
      from.on('close', end)
    }
    for (const socket of [client, broker]) socket.setNoDelay(true)
    pass(client, broker, chunk => {
      if (link.clientId === '') link.clientId = clientIdOf(chunk)
      link.late?.push(chunk)
      return link.late === undefined
    })
    pass(broker, client, () => !this.#deaf)
    if (this.#held) broker.pause()
    else client.resume()
  }
}

/** The client id in a request's header, which stands behind length, API, version and correlation id; empty where it has none. */
function clientIdOf(request: Buffer): string {
  const at = 12
  const length = request.length < at + 2 ? 0 : Math.max(0, request.readInt16BE(at))
  return request.toString('utf8', at + 2, at + 2 + length)
}
