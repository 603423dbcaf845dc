/**
 * Turns a declaration into a codec for one version: `generate` gives its JavaScript source, `compile` runs that.
 * Generated code is as fast as code written by hand, and several times faster than closures over the declaration.
 */
import { KafkaError } from '../errors.ts'
import { getInt64, type Reader } from '../wire/reader.ts'
import { setInt64, type Writer } from '../wire/writer.ts'
import { generateReader } from './generate-reader.ts'
import { generateWriter } from './generate-writer.ts'
import { inRange, layout } from './layout.ts'
import type { Fields, Range } from './notation.ts'
import { Source } from './source.ts'

/** Encodes and decodes one message in one version. `R` is what a reader sees, `W` what an author gives. */
export interface Codec<R, W> {
  /**
   * Appends the message to `writer`, which takes large slices by reference. A value that isn't what its field's type
   * says is a TypeError naming message and field (a bug of the author); a field that this version doesn't have and
   * that is neither its default nor ignorable is `KafkaError('UNSUPPORTED_VERSION')`. After either, `clear` the writer.
   */
  encode(writer: Writer, value: W): void
  /**
   * Reads the message; bytes after it are left in the reader. `bytes` and `records` are slices of the frame.
   * Malformed input is `KafkaError('INVALID_REQUEST')`.
   */
  decode(reader: Reader): R
}

/** What the compiler needs to know of a request, a response or a message. */
export interface Declared {
  /** Kafka's name: `FetchRequest`. */
  readonly name: string
  readonly flexible: Range | 'none'
  readonly fields: Fields
}

/**
 * The source of a codec: function declarations of which `encode(w, o)` and `decode(r)` are the entries. Its free
 * names are the properties of `Support`.
 */
export function generate(declared: Declared, version: number): string {
  const flexible = inRange(declared.flexible, version)
  const slots = layout(declared.fields, version, flexible)
  const source = new Source()
  const write = generateWriter(source, slots, flexible, '')
  const read = generateReader(source, slots, flexible)
  source.add('encode', 'w, o', [`${write}(w, o)`])
  source.add('decode', 'r', [`return ${read}(r)`])
  return source.toString()
}

/** What generated source calls. */
export interface Support {
  readonly getInt64: typeof getInt64
  readonly setInt64: typeof setInt64
  /** The default of `bytes`. */
  readonly none: Buffer
  /** Throws: an author's value isn't what its type says. */
  bad(path: string, type: string, value: unknown): never
  /** Throws: an author gave a field that the version doesn't have. */
  unsupported(path: string): never
}

/** The functions for the source of one message in one version. */
export function supportOf(name: string, version: number): Support {
  return {
    getInt64,
    setInt64,
    none: Buffer.alloc(0),
    bad(path, type, value) {
      const where = path === '' ? name : `${name}.${path}`
      throw new TypeError(`${where} (version ${version}) is ${show(value)} where ${type} is wanted`)
    },
    unsupported(path) {
      throw new KafkaError('UNSUPPORTED_VERSION', `${name} version ${version} has no ${path}`)
    },
  }
}

function show(value: unknown): string {
  if (value === undefined || value === null) return `${value}`
  if (typeof value === 'string') return value.length > 40 ? `a string of ${value.length} characters` : `'${value}'`
  return typeof value === 'object' ? `an object` : `${typeof value} ${String(value)}`
}

/** Generates and runs the codec of `declared` in `version`. */
export function compile(declared: Declared, version: number): Codec<unknown, unknown> {
  const { name } = declared
  const body = `'use strict'
const { getInt64, setInt64, none, bad, unsupported } = support
${generate(declared, version)}
return { encode, decode }
//# sourceURL=codec/${name}.v${version}.js`
  const codec = new Function('support', body)(supportOf(name, version)) as Codec<unknown, unknown>
  return { encode: codec.encode, decode: reader => decodeNamed(codec, reader, name, version) }
}

function decodeNamed(codec: Codec<unknown, unknown>, reader: Reader, name: string, version: number): unknown {
  try {
    return codec.decode(reader)
  } catch (error) {
    if (error instanceof KafkaError) throw new KafkaError(error.name, `${name} version ${version}: ${error.detail}`)
    throw error
  }
}
