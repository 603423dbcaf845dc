import { codeOf, type KafkaError } from '../../protocol/errors.ts'
import { ApiVersions } from '../../protocol/messages/api-versions.ts'
import { versionsOf } from '../../protocol/schema/codec.ts'
import { type Features, supportedFeatures } from '../cluster/features.ts'
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

/** From this version a supported feature may begin at 0; older clients refuse the whole answer (KAFKA-17011). */
const FEATURES_FROM_ZERO = 4

/** What is said of features beside the served versions. */
const told = (features: Features, apiVersion: number) => ({
  supportedFeatures: supportedFeatures
    .filter(({ min }) => min > 0 || apiVersion >= FEATURES_FROM_ZERO)
    .map(({ name, min, max }) => ({ name, minVersion: min, maxVersion: max })),
  finalizedFeaturesEpoch: features.epoch,
  finalizedFeatures: supportedFeatures
    .map(({ name }) => ({ name, level: features.level(name) }))
    .filter(({ level }) => level > 0)
    .map(({ name, level }) => ({ name, maxVersionLevel: level, minVersionLevel: level })),
})

/**
 * ApiVersions: also the answer to a version that isn't known, in version 0 and with the full list.
 * @param registry all handlers, this one included
 */
export const apiVersions = (registry: () => readonly Handler[]): Handler<typeof ApiVersions> =>
  handler(ApiVersions, {
    handle(request, context, { cluster }) {
      const named =
        context.apiVersion < 3 ||
        (softwareName.test(request.clientSoftwareName) && softwareName.test(request.clientSoftwareVersion))
      if (!named) return { errorCode: codeOf('INVALID_REQUEST'), apiKeys: [] }
      return { errorCode: 0, apiKeys: servedVersions(registry()), ...told(cluster.features, context.apiVersion) }
    },
    refuse: (_request, error: KafkaError) => ({ errorCode: error.code, apiKeys: servedVersions(registry()) }),
  })
