/** A TCP proxy in front of the broker, by which connections are cut, held up and made deaf. */
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as connectTo, type Server, type Socket } from 'node:net'

interface Link {
  readonly client: Socket
  readonly broker: Socket
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
    const link = { client, broker }
    this.#links.add(link)
    const end = (): void => {
      this.#links.delete(link)
      client.destroy()
      broker.destroy()
    }
    const pass = (from: Socket, to: Socket, heard: () => boolean): void => {
      from.on('data', chunk => {
        if (!heard() || to.destroyed || to.write(chunk)) return
        from.pause()
        to.once('drain', () => {
          if (!this.#held) from.resume()
        })
      })
      from.on('error', end)
      from.on('close', end)
    }
    for (const socket of [client, broker]) socket.setNoDelay(true)
    pass(client, broker, () => true)
    pass(broker, client, () => !this.#deaf)
    if (this.#held) broker.pause()
    else client.resume()
  }
}
