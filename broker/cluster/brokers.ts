/**
 * The brokers of the cluster, and where a client reaches them.
 */
import type { Config } from '../config/config.ts'
import type { Client } from '../client.ts'

/** One broker. */
export interface BrokerNode {
  readonly id: number
  readonly rack: string | null
}

/** What a client is told to connect to. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/**
 * Where the client reaches this broker: `advertised.listeners` for the listener that it came by, and what that leaves open
 * (or all, when it isn't set) as the client itself connected. So a broker behind a port mapping, a tunnel or a changing
 * address needs no settings.
 */
export const advertisedEndpoint = (
  config: Config,
  client: Pick<Client, 'listener' | 'localHost' | 'localPort'>,
): Endpoint => {
  const advertised = config.advertisedListeners.get(client.listener)
  return {
    host: advertised === undefined || advertised.host === '' ? client.localHost : advertised.host,
    port: advertised === undefined || advertised.port === 0 ? client.localPort : advertised.port,
  }
}
