import { api, array, bool, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * UpdateFeatures raises or lowers the cluster's features, such as `metadata.version` (KIP-584).
 *
 * - v1: kind of change, `validateOnly` (KIP-778).
 * - v2: all or nothing, so one error for all (KIP-1022).
 */
export const UpdateFeatures = api({
  key: 57,
  name: 'UpdateFeatures',
  versions: '0-2',
  flexible: '0+',
  request: {
    timeoutMs: int32('0+', { default: 60000 }),
    featureUpdates: array('0+', {
      feature: string(),
      /** The level to run with. 0: the feature is switched off. */
      maxVersionLevel: int16(),
      /** Without it a lower level is refused. */
      allowDowngrade: bool('0'),
      /** 1: upgrade. 2: downgrade that loses nothing. 3: downgrade that may lose metadata. */
      upgradeType: int8('1+', { default: 1 }),
    }),
    /** Only says what would be answered. */
    validateOnly: bool('1+', { default: false }),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * INVALID_UPDATE_VERSION (a level that isn't supported or needs another `upgradeType`), FEATURE_UPDATE_FAILED,
     * INVALID_REQUEST, CLUSTER_AUTHORIZATION_FAILED, NOT_CONTROLLER, REQUEST_TIMED_OUT.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array(
      '0-1',
      { ignorable: true },
      {
        feature: string(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+' }),
      },
    ),
  },
})
