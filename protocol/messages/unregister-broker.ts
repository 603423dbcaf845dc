import { api, int16, int32, string } from '../schema/notation.ts'

/** UnregisterBroker makes a KRaft cluster forget a broker for good; one that is alive comes back by itself. */
export const UnregisterBroker = api({
  key: 64,
  name: 'UnregisterBroker',
  versions: '0',
  flexible: '0+',
  request: {
    brokerId: int32(),
  },
  response: {
    throttleTimeMs: int32(),
    /** BROKER_ID_NOT_REGISTERED, CLUSTER_AUTHORIZATION_FAILED, NOT_CONTROLLER, REQUEST_TIMED_OUT. */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
  },
})
