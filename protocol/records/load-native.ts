/**
 * Loads a codec's native library.
 */
import { createRequire } from 'node:module'
import { KafkaError } from '../errors.ts'

/**
 * The package, synchronously. Throws UNSUPPORTED_COMPRESSION_TYPE where it can't be loaded: there is no binary of it for this platform (there
 * is for Linux, macOS and Windows on x64 and arm64, with glibc and with musl, and for some more).
 */
export const loadNative = <Library>(packageName: string): Library => {
  try {
    return createRequire(import.meta.url)(packageName)
  } catch (error) {
    throw new KafkaError(
      'UNSUPPORTED_COMPRESSION_TYPE',
      `${packageName} doesn't load here: ${(error as Error).message}`,
    )
  }
}
