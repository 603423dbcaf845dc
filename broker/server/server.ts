/**
 * Listens, accepts and keeps the connections of one broker: `max.connections`, idle connections, and the peers that hold
 * others up.
 */
import { createServer, type Server as NetServer, type Socket } from 'node:net'
import type { Logger } from 'pino'
import type { Cancel, Clock } from '../clock.ts'
import { Connection, type ConnectionHost, plainAddress } from './connection.ts'
import type { Dispatch } from './dispatch.ts'
import { Limits, type LimitOptions } from './limits.ts'

/** A quiet connection is closed after between one and 1 + 1/4 of the idle time. */
const IDLE_SWEEPS = 4
/** How long a request may wait for the bound on requests being read before the slowest of those that hold it goes. */
const READ_WAIT_MS = 500

/** Bounds and settings of the listeners; functions are read anew each time. */
export interface ServerOptions extends LimitOptions {
  /** `max.connections`, live. */
  maxConnections(): number
  /** `max.connections.per.ip`, live. */
  maxConnectionsPerIp(): number
  /** `connections.max.idle.ms`; −1 is never. */
  readonly maxIdleMs: number
}

/** One address to listen on: a listener of Kafka's `listeners`. */
export interface ListenAddress {
  readonly name: string
  /** Empty: all interfaces. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** The listeners of one broker. */
export class Server {
  readonly #options: ServerOptions
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #host: ConnectionHost
  readonly #listeners: NetServer[] = []
  readonly #connections = new Set<Connection>()
  readonly #perHost = new Map<string, number>()
  #timers: Cancel[] = []
  #lastId = 0
  #stopped = false

  constructor(options: ServerOptions, dispatch: Dispatch, clock: Clock, logger: Logger) {
    this.#options = options
    this.#clock = clock
    this.#logger = logger
    this.#host = {
      limits: new Limits(options),
      dispatch,
      logger,
      monotonic: () => clock.monotonic(),
      closed: connection => this.#closed(connection),
    }
  }

  /** Listens; resolves to the addresses with their real ports. Fails with Node's error (EADDRINUSE …), then nothing listens. */
  async listen(addresses: readonly ListenAddress[]): Promise<readonly ListenAddress[]> {
    const bound: ListenAddress[] = []
    try {
      for (const address of addresses) bound.push(await this.#listenOn(address))
    } catch (error) {
      await this.close()
      throw error
    }
    this.#every(this.#options.maxIdleMs / IDLE_SWEEPS, () => this.#sweepIdle())
    this.#every(READ_WAIT_MS / 2, () => this.#sweepSlowReaders())
    return bound
  }

  /** Stops listening and ends every connection; requests in work lose their answers. */
  async close(): Promise<void> {
    this.#stopped = true
    for (const cancel of this.#timers) cancel()
    this.#timers = []
    const closing = this.#listeners.map(listener => new Promise<void>(resolve => listener.close(() => resolve())))
    for (const connection of [...this.#connections]) connection.end()
    await Promise.all(closing)
  }

  #listenOn(address: ListenAddress): Promise<ListenAddress> {
    const listener = createServer(socket => this.#accept(socket, address.name))
    this.#listeners.push(listener)
    return new Promise((resolve, reject) => {
      listener.once('error', reject)
      const host = address.host === '' ? {} : { host: address.host }
      listener.listen({ port: address.port, ...host, backlog: 1024 }, () => {
        listener.off('error', reject)
        listener.on('error', error => this.#logger.error({ err: error }, 'a listener failed'))
        const { port } = listener.address() as { port: number }
        resolve({ ...address, port })
      })
    })
  }

  #accept(socket: Socket, listener: string): void {
    const host = plainAddress(socket.remoteAddress)
    const perHost = (this.#perHost.get(host) ?? 0) + 1
    const refusal = this.#refusal(perHost)
    if (refusal !== null) {
      this.#logger.warn({ client: `${host}:${socket.remotePort ?? 0}`, listener }, `refusing a connection: ${refusal}`)
      socket.destroy()
      return
    }
    this.#perHost.set(host, perHost)
    this.#connections.add(new Connection(socket, ++this.#lastId, listener, this.#host))
  }

  #refusal(perHost: number): string | null {
    if (this.#stopped) return 'the broker stops'
    const max = this.#options.maxConnections()
    if (this.#connections.size >= max) return `max.connections=${max} are open`
    const maxPerIp = this.#options.maxConnectionsPerIp()
    if (perHost > maxPerIp) return `max.connections.per.ip=${maxPerIp} are open from there`
    return null
  }

  #closed(connection: Connection): void {
    if (!this.#connections.delete(connection)) return
    const left = (this.#perHost.get(connection.host) ?? 1) - 1
    if (left > 0) this.#perHost.set(connection.host, left)
    else this.#perHost.delete(connection.host)
  }

  #sweepIdle(): void {
    for (const connection of this.#connections) {
      if (!connection.quiet) connection.idleSweeps = 0
      else if (++connection.idleSweeps > IDLE_SWEEPS) connection.end()
    }
  }

  /** While others have waited for the bound on requests being read, the least-progressing frame's connection goes. */
  #sweepSlowReaders(): void {
    const now = this.#clock.monotonic()
    const since = this.#host.limits.reading.waitingSince
    if (since === null || now - since < READ_WAIT_MS) return
    let slowest: Connection | null = null
    let pace = Number.POSITIVE_INFINITY
    for (const connection of this.#connections) {
      const its = connection.readingPace(now)
      if (its < pace) {
        pace = its
        slowest = connection
      }
    }
    slowest?.close(
      `its request comes in at ${Math.round(pace * 1000)} bytes a second while others wait for queued.max.request.bytes`,
    )
  }

  #every(ms: number, act: () => void): void {
    if (ms <= 0) return
    const slot = this.#timers.length
    const tick = (): void => {
      act()
      if (!this.#stopped) this.#timers[slot] = this.#clock.after(ms, tick)
    }
    this.#timers[slot] = this.#clock.after(ms, tick)
  }
}
