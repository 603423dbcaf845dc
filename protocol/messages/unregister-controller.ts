import { api, int16, int32, string } from '../schema/notation.ts'

/** UnregisterController makes a KRaft cluster forget a controller for good. */
export const UnregisterController = api({
  key: 94,
  name: 'UnregisterController',
  versions: '0',
  flexible: '0+',
  request: {
    controllerId: int32(),
  },
  response: {
    throttleTimeMs: int32(),
    /** CONTROLLER_ID_NOT_REGISTERED, CLUSTER_AUTHORIZATION_FAILED, NOT_CONTROLLER, REQUEST_TIMED_OUT. */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
  },
})
