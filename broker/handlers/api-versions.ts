import { codeOf, type KafkaError } from '../../protocol/errors.ts'
import { ApiVersions } from '../../protocol/messages/api-versions.ts'
import { versionsOf } from '../../protocol/schema/codec.ts'
import type { ResponseOf } from '../../protocol/schema/notation.ts'
import { features } from '../cluster/features.ts'
import { type Handler, handler } from './handler.ts'

/** A client's software name or version (KIP-511). */
const softwareName = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

/** What this broker serves, derived from the registry of handlers. */
export const servedVersions = (
  registry: readonly Handler[],
): { apiKey: number; minVersion: number; maxVersion: number }[] =>
  registry
    .map(({ api, versions = versionsOf(api) }) => ({
      apiKey: api.key,
      minVersion: versions.min,
      maxVersion: versions.max,
    }))
    .sort((a, b) => a.apiKey - b.apiKey)

const answer = (errorCode: number, registry: readonly Handler[]): ResponseOf<typeof ApiVersions> => ({
  errorCode,
  apiKeys: servedVersions(registry),
  supportedFeatures: features.map(({ name, min, max }) => ({ name, minVersion: min, maxVersion: max })),
  finalizedFeaturesEpoch: 0,
  finalizedFeatures: features.map(({ name, level }) => ({ name, maxVersionLevel: level, minVersionLevel: level })),
})

/**
 * ApiVersions: also the answer to a version that isn't known, in version 0 and with the full list.
 * @param registry all handlers, this one included
 */
export const apiVersions = (registry: () => readonly Handler[]): Handler<typeof ApiVersions> =>
  handler(ApiVersions, {
    handle(request, context) {
      const named =
        context.apiVersion < 3 ||
        (softwareName.test(request.clientSoftwareName) && softwareName.test(request.clientSoftwareVersion))
      return named ? answer(codeOf('NONE'), registry()) : { errorCode: codeOf('INVALID_REQUEST'), apiKeys: [] }
    },
    refuse: (_request, error: KafkaError) => answer(error.code, registry()),
  })
