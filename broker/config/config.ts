/**
 * The live settings of one broker, and where each value comes from.
 */
import {
  type BrokerSettingKey,
  type BrokerSettingValue,
  brokerSettings,
  isBrokerSettingKey,
} from './broker-settings.ts'
import { ConfigError } from './config-error.ts'
import { type AdvertisedListener, type Listener, parseAdvertisedListeners, parseListeners } from './listeners.ts'
import type { Setting } from './setting.ts'

/** Where a value comes from, with the numbers that DescribeConfigs gives (KIP-226, KIP-1142). */
export const configSources = {
  TOPIC: 1,
  DYNAMIC_BROKER: 2,
  DYNAMIC_DEFAULT_BROKER: 3,
  STATIC_BROKER: 4,
  DEFAULT: 5,
  LOGGER: 6,
  GROUP: 8,
} as const

/** One of the places that a value may come from. */
export type ConfigSource = (typeof configSources)[keyof typeof configSources]

/** A value that a setting has or would have if those before it in the list went. */
export interface Synonym {
  readonly name: string
  readonly value: string
  readonly source: ConfigSource
}

/** Overrides of settings by key, in text form. */
export type Overrides = ReadonlyMap<string, string>

const none: Overrides = new Map()

/** Parses; throws ConfigError, naming the key and what is allowed. */
const parsed = (key: BrokerSettingKey, text: string): unknown => {
  const setting: Setting = brokerSettings[key]
  const value = setting.parse(text)
  if (value !== undefined) return value
  throw new ConfigError(key, `invalid value '${text}'; it must be ${setting.allowed}`)
}

/** Kafka knows a broker's number under two names; who sets one sets both. */
const withBothIds = (overrides: Overrides): Overrides => {
  const id = overrides.get('node.id') ?? overrides.get('broker.id')
  return id === undefined ? overrides : new Map([...overrides, ['node.id', id], ['broker.id', id]])
}

/**
 * The settings of one broker. A value comes from the first of: the dynamic overrides of this broker, those of all brokers,
 * the static overrides (server.properties, --set), the default.
 */
export class Config {
  /** This broker's number. */
  readonly nodeId: number
  /** What to listen on. */
  readonly listeners: readonly Listener[]
  /** What to tell clients, by listener name; a listener that isn't in it is advertised as the address connected to. */
  readonly advertisedListeners: ReadonlyMap<string, AdvertisedListener>
  readonly #static: Overrides
  #dynamic: Overrides = none
  #dynamicDefault: Overrides = none
  readonly #values = new Map<BrokerSettingKey, unknown>()
  readonly #listeners = new Set<(key: BrokerSettingKey) => void>()

  /**
   * @param overrides static overrides by key.
   * Throws ConfigError for a key that isn't a setting, a value that isn't allowed, and settings that contradict each other.
   */
  constructor(overrides: Overrides = none) {
    this.#static = withBothIds(overrides)
    for (const [key, text] of this.#static) {
      if (!isBrokerSettingKey(key)) throw new ConfigError(key, 'there is no such setting')
      this.#values.set(key, parsed(key, text))
    }
    this.nodeId = this.get('node.id')
    this.listeners = parseListeners({
      listeners: this.get('listeners'),
      protocolMap: this.get('listener.security.protocol.map'),
      controllerListeners: this.get('controller.listener.names') ?? [],
    })
    this.advertisedListeners = parseAdvertisedListeners(this.get('advertised.listeners'), {
      listeners: this.listeners,
      controllerListeners: this.get('controller.listener.names') ?? [],
    })
    this.#check()
  }

  /** The current value. LONG settings saturate at 2^53−1. */
  get<K extends BrokerSettingKey>(key: K): BrokerSettingValue<K> {
    let value = this.#values.get(key)
    if (value === undefined) {
      const text = this.text(key)
      value = text === null ? null : parsed(key, text)
      this.#values.set(key, value)
    }
    return value as BrokerSettingValue<K>
  }

  /** The current value in canonical text form, exact; null if there is none. */
  text(key: BrokerSettingKey): string | null {
    return this.synonyms(key)[0]?.value ?? null
  }

  /** Every value that the setting has or falls back to, the current one first; in canonical text form. */
  synonyms(key: BrokerSettingKey): readonly Synonym[] {
    const setting: Setting = brokerSettings[key]
    const synonyms: Synonym[] = []
    const add = (text: string | null | undefined, source: ConfigSource): void => {
      if (text !== undefined && text !== null) synonyms.push({ name: key, value: setting.format(text), source })
    }
    add(this.#dynamic.get(key), configSources.DYNAMIC_BROKER)
    add(this.#dynamicDefault.get(key), configSources.DYNAMIC_DEFAULT_BROKER)
    add(this.#static.get(key), configSources.STATIC_BROKER)
    add(setting.defaultText, configSources.DEFAULT)
    return synonyms
  }

  /**
   * Replaces the dynamic overrides and tells the listeners which values changed. What isn't a setting, may not change at
   * run time or isn't allowed (a newer or older version wrote it) is passed over.
   * @param broker overrides of this broker @param brokerDefault overrides of all brokers
   */
  setDynamic(broker: Overrides, brokerDefault: Overrides): void {
    const touched = new Set(
      [broker, brokerDefault, this.#dynamic, this.#dynamicDefault].flatMap(each => [...each.keys()]),
    )
    const before = new Map([...touched].filter(isBrokerSettingKey).map(key => [key, this.text(key)]))
    this.#dynamic = usable(broker)
    this.#dynamicDefault = usable(brokerDefault)
    for (const [key, text] of before) {
      if (this.text(key) === text) continue
      this.#values.delete(key)
      for (const listener of this.#listeners) listener(key)
    }
  }

  /** Calls after a value changed, once per key. Returns the cancel. */
  onChange(listener: (key: BrokerSettingKey) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #check(): void {
    if (this.get('process.roles')?.includes('broker') === false) {
      throw new ConfigError('process.roles', 'Samsa is a broker; it must contain broker, or be left out')
    }
    const dirs = this.get('log.dirs') ?? this.get('log.dir')
    if (dirs.length !== 1) throw new ConfigError('log.dirs', `must name one directory, not ${dirs.length}`)
    const smallest = this.get('samsa.min.segment.bytes')
    if (this.get('log.segment.bytes') < smallest) {
      throw new ConfigError('log.segment.bytes', `must be at least samsa.min.segment.bytes, which is ${smallest}`)
    }
  }
}

const usable = (overrides: Overrides): Overrides =>
  new Map(
    [...overrides].filter(
      ([key, text]) =>
        isBrokerSettingKey(key) &&
        brokerSettings[key].update !== 'read-only' &&
        brokerSettings[key].parse(text) !== undefined,
    ),
  )
