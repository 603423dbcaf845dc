/**
 * `listeners`, `advertised.listeners` and `listener.security.protocol.map`, with Kafka's rules.
 */
import { ConfigError } from './config-error.ts'

/** Where to listen. */
export interface Listener {
  /** Upper case. */
  readonly name: string
  /** Empty: every interface. */
  readonly host: string
  /** 0: a free port. */
  readonly port: number
}

/** What clients of one listener are told to connect to. */
export interface AdvertisedListener {
  /** Empty: the address that the client connected to. */
  readonly host: string
  /** 0: the port that the client connected to. */
  readonly port: number
}

const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']

const parseEndpoint = (key: string, text: string): Listener => {
  const match = /^([\w.-]+):\/\/(?:\[([0-9a-fA-F:.%\w]+)\]|([\w\-%.]*)):(\d+)$/.exec(text.trim())
  const port = Number(match?.[4])
  if (match?.[1] === undefined || port > 65535) {
    throw new ConfigError(key, `'${text}' is not a listener; it must be NAME://host:port, with a port from 0 to 65535`)
  }
  return { name: match[1].toUpperCase(), host: match[2] ?? match[3] ?? '', port }
}

const parseProtocolMap = (text: string): ReadonlyMap<string, string> => {
  const key = 'listener.security.protocol.map'
  const map = new Map<string, string>()
  for (const entry of text.split(',').map(part => part.trim())) {
    if (entry === '') continue
    const [name = '', protocol = '', ...rest] = entry.split(':').map(part => part.trim().toUpperCase())
    if (name === '' || rest.length > 0 || !protocols.includes(protocol)) {
      throw new ConfigError(key, `'${entry}' must be NAME:PROTOCOL, with a protocol of ${protocols.join(', ')}`)
    }
    if (map.has(name)) throw new ConfigError(key, `${name} is there twice`)
    map.set(name, protocol)
  }
  return map
}

/** Two listeners may share a port when one is on an IPv4 and the other on an IPv6 address (KIP-797). */
const collide = (one: Listener, other: Listener): boolean => {
  if (one.port !== other.port || one.port === 0) return false
  const ipv6 = (listener: Listener) => listener.host.includes(':')
  const ipv4 = (listener: Listener) => /^\d+\.\d+\.\d+\.\d+$/.test(listener.host)
  return !((ipv4(one) && ipv6(other)) || (ipv6(one) && ipv4(other)))
}

/**
 * The listeners to serve. Those of KRaft's controllers are left out.
 * Throws ConfigError: no listener, not NAME://host:port, a name or port twice, a name without a protocol, a protocol that
 * isn't served.
 */
export const parseListeners = (settings: {
  readonly listeners: readonly string[]
  readonly protocolMap: string
  readonly controllerListeners: readonly string[]
}): readonly Listener[] => {
  const controllers = settings.controllerListeners.map(name => name.toUpperCase())
  const protocolOf = parseProtocolMap(settings.protocolMap)
  const all = settings.listeners.map(text => parseEndpoint('listeners', text))
  for (const [index, listener] of all.entries()) {
    const others = all.slice(0, index)
    if (others.some(other => other.name === listener.name && !(listener.port !== 0 && sharesPort(other, listener)))) {
      throw new ConfigError('listeners', `${listener.name} is there twice`)
    }
    if (others.some(other => collide(other, listener))) {
      throw new ConfigError('listeners', `port ${listener.port} is there twice`)
    }
  }
  const served = all.filter(listener => !controllers.includes(listener.name))
  if (served.length === 0) throw new ConfigError('listeners', 'must name at least one listener for clients')
  for (const { name } of served) {
    const protocol = protocolOf.get(name)
    if (protocol === undefined) {
      throw new ConfigError('listeners', `${name} has no protocol in listener.security.protocol.map`)
    }
    if (protocol !== 'PLAINTEXT') {
      throw new ConfigError('listeners', `${name} is ${protocol}, which is not served yet; only PLAINTEXT is`)
    }
  }
  return served
}

const sharesPort = (one: Listener, other: Listener): boolean => one.port === other.port && !collide(one, other)

/**
 * What to advertise, by listener name; null (not set) is nothing.
 * Throws ConfigError: not NAME://host:port, a name twice, one that isn't a listener, the address 0.0.0.0.
 */
export const parseAdvertisedListeners = (
  advertised: readonly string[] | null,
  known: { readonly listeners: readonly Listener[]; readonly controllerListeners: readonly string[] },
): ReadonlyMap<string, AdvertisedListener> => {
  const key = 'advertised.listeners'
  const controllers = known.controllerListeners.map(name => name.toUpperCase())
  const map = new Map<string, AdvertisedListener>()
  for (const text of advertised ?? []) {
    const { name, host, port } = parseEndpoint(key, text)
    if (map.has(name)) throw new ConfigError(key, `${name} is there twice`)
    if (host === '0.0.0.0' || host === '::') {
      throw new ConfigError(key, `${host} is no address that a client can connect to`)
    }
    if (controllers.includes(name)) continue
    const names = known.listeners.map(listener => listener.name)
    if (!names.includes(name)) {
      throw new ConfigError(key, `${name} is not among the listeners, which are ${names.join(', ')}`)
    }
    map.set(name, { host, port })
  }
  return map
}
