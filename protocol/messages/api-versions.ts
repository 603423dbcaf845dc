import { api, array, bool, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * ApiVersions tells a client which APIs and versions this broker speaks, and which features the cluster has. It is the
 * first request on a connection, also before SASL.
 *
 * The request and answer of a version that the broker doesn't know are the rarities of the protocol: the broker
 * answers in version 0 with UNSUPPORTED_VERSION and the full list, and the client goes on with a version from it. The
 * response header is always of version 0, even where the body is flexible, since the client can't know yet (KIP-511).
 *
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: flexible; the client names its software (KIP-511), the broker its features (KIP-584).
 * - v4: a supported feature may begin at 0; below, such features are left out (KAFKA-17011).
 * - v5: the client names the cluster and node that it means to talk to.
 */
export const ApiVersions = api({
  key: 18,
  name: 'ApiVersions',
  versions: '0-5',
  flexible: '3+',
  request: {
    /** Letters, digits, `-` and `.`, a letter or digit first and last; else INVALID_REQUEST. */
    clientSoftwareName: string('3+', { ignorable: true }),
    /** Of the same form. */
    clientSoftwareVersion: string('3+', { ignorable: true }),
    /** Null: the client doesn't know yet. */
    clusterId: string('5+', { nullable: '5+', default: null, ignorable: true }),
    /** Id of the node that the client means to reach; -1: it doesn't know yet. */
    nodeId: int32('5+', { default: -1, ignorable: true }),
  },
  response: {
    /** UNSUPPORTED_VERSION, INVALID_REQUEST (the client's software has an impossible name). */
    errorCode: int16(),
    /** Each API that this listener serves, once. */
    apiKeys: array('0+', {
      apiKey: int16(),
      minVersion: int16(),
      maxVersion: int16(),
    }),
    throttleTimeMs: int32('1+', { ignorable: true }),
    /** What this broker's software can: the level of each feature that it could run with. */
    supportedFeatures: array(
      '3+',
      { tag: 0, ignorable: true },
      {
        name: string('3+'),
        minVersion: int16('3+'),
        maxVersion: int16('3+'),
      },
    ),
    /** Rises with each change of the finalised features; an answer with a lower one is stale. -1: unknown. */
    finalizedFeaturesEpoch: int64('3+', { tag: 1, default: -1, ignorable: true }),
    /**
     * What the cluster has agreed to run with, such as `metadata.version`, `transaction.version` and `group.version`.
     */
    finalizedFeatures: array(
      '3+',
      { tag: 2, ignorable: true },
      {
        name: string('3+'),
        maxVersionLevel: int16('3+'),
        minVersionLevel: int16('3+'),
      },
    ),
    /** True on a ZooKeeper broker or KRaft controller that is ready to migrate (KIP-866); false since Kafka 4. */
    zkMigrationReady: bool('3+', { tag: 3, default: false, ignorable: true }),
  },
})
