/**
 * The notation in which every setting is declared: one entry per setting, `'the.key': int(default, { min, doc })`. The
 * tables feed the command line, server.properties, DescribeConfigs, AlterConfigs and docs/settings.md.
 */

/** Kafka's types, with the numbers that DescribeConfigs (v3+) gives them. */
export const settingTypes = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const

/** Name of a type. */
export type SettingType = keyof typeof settingTypes

/** How a broker's setting may change while it runs (KIP-226): not at all, for one broker, or also for all of them. */
export type Update = 'read-only' | 'per-broker' | 'cluster-wide'

/** One setting. `T` is what it parses to. */
export interface Setting<T = unknown> {
  readonly type: SettingType
  /** In the text form of properties files; null when the setting has no value until one is given. */
  readonly defaultText: string | null
  /** What is allowed, as a phrase that fits after "must be": `an integer from 1 to 9`. */
  readonly allowed: string
  readonly update: Update
  /** False: accepted, kept and shown, without effect. */
  readonly honoured: boolean
  /** What the setting does here; empty when it has no effect. */
  readonly doc: string
  /** The value of a text, or undefined when it isn't allowed. Surrounding white space is ignored. */
  parse(text: string): T | undefined
  /** The canonical text of a value that parses: what DescribeConfigs shows. */
  format(text: string): string
}

/** A table of settings by name. */
export type Settings = { readonly [key: string]: Setting }

/** What a setting parses to. */
export type ValueOf<S> = S extends Setting<infer T> ? T : never

/** What a declaration may say besides its default. A setting with `doc` is honoured; one without has no effect. */
export interface Declaration {
  readonly doc?: string
  readonly update?: Update
}

interface Bounded extends Declaration {
  readonly min?: number
  readonly max?: number
  /** A value outside the bounds that is allowed too. */
  readonly or?: number
}

interface Chosen<V extends string> extends Declaration {
  readonly oneOf?: readonly V[]
  /** Compare with `oneOf` without regard to case. */
  readonly anyCase?: true
  /** A check that `oneOf` can't express, and its phrase. */
  readonly check?: { readonly allowed: string; readonly test: (text: string) => boolean }
}

type OrNull<D, T> = D extends null ? T | null : T

const declare = <T>(
  type: SettingType,
  defaultText: string | null,
  declaration: Declaration,
  rest: Pick<Setting<T>, 'allowed' | 'parse' | 'format'>,
): Setting<T> => ({
  type,
  defaultText,
  update: declaration.update ?? 'read-only',
  honoured: declaration.doc !== undefined,
  doc: declaration.doc ?? '',
  ...rest,
})

const intMax = 2n ** 31n - 1n
const longMax = 2n ** 63n - 1n
const shortMax = 2n ** 15n - 1n

const saturated = (value: bigint): number => {
  if (value > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER
  if (value < Number.MIN_SAFE_INTEGER) return Number.MIN_SAFE_INTEGER
  return Number(value)
}

/** `unbounded` where there is no bound, else `noun` with its bounds. */
const bounds = (unbounded: string, noun: string, { min, max }: Bounded): string => {
  if (min === undefined) return max === undefined ? unbounded : `${noun} of at most ${max}`
  return max === undefined ? `${noun} of at least ${min}` : `${noun} from ${min} to ${max}`
}

const integer =
  (type: 'INT' | 'SHORT' | 'LONG', largest: bigint) =>
  <const D extends number | bigint | null>(initial: D, declaration: Bounded = {}): Setting<OrNull<D, number>> => {
    const min = declaration.min === undefined ? -largest - 1n : BigInt(declaration.min)
    const max = declaration.max === undefined ? largest : BigInt(declaration.max)
    const or = declaration.or === undefined ? null : BigInt(declaration.or)
    const exact = (text: string): bigint | undefined => {
      if (!/^[+-]?\d{1,40}$/.test(text.trim())) return undefined
      const value = BigInt(text.trim().replace('+', ''))
      return (value >= min && value <= max) || value === or ? value : undefined
    }
    const bits = { INT: 32, SHORT: 16, LONG: 64 }[type]
    return declare(type, initial === null ? null : String(initial), declaration, {
      allowed: `${bounds(`an integer of ${bits} bits`, 'an integer', declaration)}${or === null ? '' : `, or ${or}`}`,
      parse(text) {
        const value = exact(text)
        return value === undefined ? undefined : (saturated(value) as OrNull<D, number>)
      },
      format: text => String(exact(text) ?? text),
    })
  }

/** 32 bits. */
export const int = integer('INT', intMax)
/** 16 bits. */
export const short = integer('SHORT', shortMax)
/** 64 bits, exact in text; as a number it saturates at ±(2^53−1). */
export const long = integer('LONG', longMax)

/** A double as Java prints it: `0.5`, `1.0`, `1.7976931348623157E308`. */
const javaDouble = (value: number): string => {
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude >= 1e7 || magnitude < 1e-3)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e')
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** A floating-point number. */
export const double = (initial: number, declaration: Bounded = {}): Setting<number> => {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = declaration
  const parse = (text: string): number | undefined => {
    const value = text.trim() === '' ? Number.NaN : Number(text.trim())
    return value >= min && value <= max ? value : undefined
  }
  return declare('DOUBLE', javaDouble(initial), declaration, {
    allowed: bounds('a number', 'a number', declaration),
    parse,
    format: text => javaDouble(parse(text) ?? Number.NaN),
  })
}

/** True or false, in any case. */
export const bool = (initial: boolean, declaration: Declaration = {}): Setting<boolean> =>
  declare('BOOLEAN', String(initial), declaration, {
    allowed: 'true or false',
    parse: text => ({ true: true, false: false })[text.trim().toLowerCase()],
    format: text => text.trim().toLowerCase(),
  })

const member = <V extends string>(text: string, { oneOf, anyCase }: Chosen<V>): boolean =>
  oneOf === undefined ||
  oneOf.some(choice => choice === text || (anyCase === true && choice.toLowerCase() === text.toLowerCase()))

const textual =
  (type: SettingType) =>
  <const D extends string | null, const V extends string = string>(
    initial: D,
    declaration: Chosen<V> = {},
  ): Setting<OrNull<D, V>> => {
    const { oneOf, check } = declaration
    return declare(type, initial, declaration, {
      allowed: check?.allowed ?? (oneOf === undefined ? 'a string' : `one of ${oneOf.join(', ')}`),
      parse(text) {
        const value = text.trim()
        return member(value, declaration) && (check === undefined || check.test(value))
          ? (value as OrNull<D, V>)
          : undefined
      },
      format: text => text.trim(),
    })
  }

/** Text. */
export const string = textual('STRING')
/** The name of a Java class: kept, never loaded. */
export const javaClass = textual('CLASS')
/** Text that is never shown. */
export const password = textual('PASSWORD')

const membersOf = (text: string): string[] => (text.trim() === '' ? [] : text.trim().split(/\s*,\s*/))

/** Strings separated by commas; the empty text is the empty list. */
export const list = <const D extends string | null, const V extends string = string>(
  initial: D,
  declaration: Chosen<V> = {},
): Setting<OrNull<D, readonly V[]>> => {
  const { oneOf, check } = declaration
  return declare('LIST', initial, declaration, {
    allowed: check?.allowed ?? (oneOf === undefined ? 'a list of strings' : `a list of ${oneOf.join(', ')}`),
    parse(text) {
      const members = membersOf(text)
      return members.every(value => member(value, declaration)) && (check === undefined || check.test(text))
        ? (members as readonly string[] as OrNull<D, readonly V[]>)
        : undefined
    },
    format: text => membersOf(text).join(','),
  })
}
