import test from 'ava'
import { KafkaError } from '../errors.ts'
import { loadNative } from './load-native.ts'

test('a codec whose library has no binary here is an UNSUPPORTED_COMPRESSION_TYPE that names it', t => {
  const error = t.throws(() => loadNative('no-such-codec'), { any: true }) as unknown
  t.true(error instanceof KafkaError && error.name === 'UNSUPPORTED_COMPRESSION_TYPE')
  t.regex(String(error), /no-such-codec doesn't load here/)
})
