/**
 * The notation in which every Kafka message is declared: one line per field, `name: type(versions, options, body)`.
 * Static types of requests, responses and stored records are inferred from it; `compile.ts` turns it into codecs.
 */

/** Versions of a message: `'4'` is one, `'4+'` is 4 and later, `'4-9'` is 4 to 9, both included. */
export type Range = `${number}` | `${number}+` | `${number}-${number}`

/** The wire types that are not made of other fields. `bigint64` is int64 for values that a safe integer can't hold. */
export type ScalarType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'bigint64'
  | 'float64'
  | 'string'
  | 'bytes'
  | 'records'
  | 'uuid'

/**
 * One field of a message.
 * `R` is what a reader of a decoded message sees, `W` what an author gives to the encoder, and `Optional` says whether
 * the author may leave it out (it has a default, a tag, is ignorable, or isn't in every version).
 */
export interface Field<R, W = R, Optional extends boolean = boolean> {
  readonly type: ScalarType | 'array' | 'struct'
  readonly versions: Range
  readonly options: Options<R>
  /** Of an array: the element (fields of a struct, or one scalar field). Of a struct: its fields. */
  readonly body?: Fields | Field<unknown> | undefined
  readonly __read?: R
  readonly __write?: W
  readonly __optional?: Optional
}

/** The fields of a message or struct, in the order of the wire. */
// biome-ignore lint/suspicious/noExplicitAny: a field of any type; inference needs the bivariance
export type Fields = { readonly [name: string]: Field<any, any> }

/** What a field may say of itself besides type and versions. */
export interface Options<T> {
  /** What a reader sees in versions without the field, and what is written when the author gives nothing. */
  readonly default?: T
  /** A value that an older version can't carry is dropped instead of refused. */
  readonly ignorable?: true
  /** Tag number: in flexible versions the field goes to the tagged section, and only when it isn't the default. */
  readonly tag?: number
  /** Versions in which null is allowed. */
  readonly nullable?: Range
  /** Keeps the old form (an int16 length) in flexible versions too; only the client id of a request header does. */
  readonly flexible?: 'none'
}

type HasDefault<O> = O extends { default: unknown } | { tag: number } | { ignorable: true } ? true : false
type OrNull<T, O> = O extends { nullable: Range } ? T | null : T
interface Scalar<T> {
  (): Field<T, T, false>
  <const R extends Range>(versions: R): Field<T, T, R extends '0+' ? false : true>
  <const R extends Range, const O extends Options<T | null>>(
    versions: R,
    options: O,
  ): Field<OrNull<T, O>, OrNull<T, O>, R extends '0+' ? HasDefault<O> : true>
}
const scalar = <T>(type: ScalarType): Scalar<T> =>
  ((versions: Range = '0+', options: Options<T> = {}) => ({ type, versions, options })) as Scalar<T>

/** One byte, 0 or 1 (any other byte reads as true). */
export const bool = scalar<boolean>('bool')
export const int8 = scalar<number>('int8')
export const int16 = scalar<number>('int16')
export const uint16 = scalar<number>('uint16')
export const int32 = scalar<number>('int32')
export const uint32 = scalar<number>('uint32')
/** A safe integer; what the wire holds beyond ±(2^53−1) saturates to that bound on reading. */
export const int64 = scalar<number>('int64')
/** int64 with all its 64 bits, for fields whose default is 2^63−1. */
export const bigint64 = scalar<bigint>('bigint64')
export const float64 = scalar<number>('float64')
/** UTF-8; at most 32767 bytes. */
export const string = scalar<string>('string')
/** A slice of the frame when read, never a copy; copy what outlives the request. */
export const bytes = scalar<Buffer>('bytes')
/** Record batches: when read a list of one slice of the frame; an author may give many, written by reference. */
export const records = scalar<readonly Buffer[]>('records')
/** 16 bytes as 22 characters of base64url; `'AAAAAAAAAAAAAAAAAAAAAA'` is Kafka's zero id. */
export const uuid = scalar<string>('uuid')

/** Value seen by a reader: every field present. */
export type Read<F> =
  F extends Field<infer R, infer _W> ? R : F extends Fields ? { -readonly [K in keyof F]: Read<F[K]> } : never
/** Value accepted from an author: fields that have a default may be left out. */
// biome-ignore-start lint/suspicious/noExplicitAny: see Fields
export type Write<F> =
  F extends Field<infer _R, infer W>
    ? W
    : F extends Fields
      ? Flat<
          { [K in keyof F as F[K] extends Field<any, any, true> ? never : K]: Write<F[K]> } & {
            [K in keyof F as F[K] extends Field<any, any, true> ? K : never]?: Write<F[K]>
          }
        >
      : never
// biome-ignore-end lint/suspicious/noExplicitAny: see Fields
type Flat<T> = { [K in keyof T]: T[K] }

// biome-ignore lint/suspicious/noExplicitAny: see Fields
type Body = Fields | Field<any, any>

/** A list: `array(versions, element)` or `array(versions, options, element)`; an element is a field or a struct's fields. */
export function array<const V extends Range, B extends Body>(
  versions: V,
  body: B,
): Field<Read<B>[], readonly Write<B>[], V extends '0+' ? false : true>
export function array<const V extends Range, B extends Body, const O extends Options<never[] | null>>(
  versions: V,
  options: O,
  body: B,
): Field<OrNull<Read<B>[], O>, OrNull<readonly Write<B>[], O>, V extends '0+' ? HasDefault<O> : true>
export function array(versions: Range, ...rest: readonly unknown[]): unknown {
  return { type: 'array', versions, options: rest.length > 1 ? rest[0] : {}, body: rest.at(-1) }
}

/** A struct in place: `struct(versions, fields)` or `struct(versions, options, fields)`. */
export function struct<const V extends Range, B extends Fields>(
  versions: V,
  body: B,
): Field<Read<B>, Write<B>, V extends '0+' ? false : true>
export function struct<const V extends Range, B extends Fields, const O extends Options<null>>(
  versions: V,
  options: O,
  body: B,
): Field<OrNull<Read<B>, O>, OrNull<Write<B>, O>, V extends '0+' ? HasDefault<O> : true>
export function struct(versions: Range, ...rest: readonly unknown[]): unknown {
  return { type: 'struct', versions, options: rest.length > 1 ? rest[0] : {}, body: rest.at(-1) }
}

/** One API: a request, its response, and the versions that any Kafka release spoke to a client. */
export interface Api<Q extends Fields = Fields, S extends Fields = Fields> {
  /** The API key of the request header. */
  readonly key: number
  /** Kafka's name without Request and Response: `Fetch`. */
  readonly name: string
  readonly versions: Range
  /** First flexible version (compact lengths, tagged fields; KIP-482), as a range; `'none'` if there is none. */
  readonly flexible: Range | 'none'
  readonly request: Q
  readonly response: S
}

/** Declares an API. The identity, for inference. */
export const api = <const Q extends Fields, const S extends Fields>(declaration: Api<Q, S>): Api<Q, S> => declaration

/** A message that isn't an API: a header, a stored record's key or value, a consumer protocol blob. */
export interface Message<F extends Fields = Fields> {
  /** Kafka's name: `OffsetCommitValue`. */
  readonly name: string
  /** Of a stored coordinator record: the record type, written as int16 before the key. */
  readonly key?: number
  readonly versions: Range
  readonly flexible: Range | 'none'
  readonly fields: F
}

/** Declares a message that isn't an API. The identity, for inference. */
export const message = <const F extends Fields>(declaration: Message<F>): Message<F> => declaration

/** What a handler receives of API `A`. */
export type RequestOf<A> = A extends Api<infer Q, infer _S> ? Read<Q> : never
/** What a handler may answer for API `A`. */
export type ResponseOf<A> = A extends Api<infer _Q, infer S> ? Write<S> : never
/** What a client of API `A` may send. */
export type RequestWrite<A> = A extends Api<infer Q, infer _S> ? Write<Q> : never
/** What a client of API `A` receives. */
export type ResponseRead<A> = A extends Api<infer _Q, infer S> ? Read<S> : never
/** A decoded message. */
export type ReadOf<M> = M extends Message<infer F> ? Read<F> : never
/** What an author gives to encode a message. */
export type WriteOf<M> = M extends Message<infer F> ? Write<F> : never
