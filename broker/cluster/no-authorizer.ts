import { KafkaError } from '../../protocol/errors.ts'

/** What Kafka says of ACLs while `authorizer.class.name` isn't set (observed with Kafka 4.3). */
export const noAuthorizer = (): KafkaError =>
  new KafkaError('SECURITY_DISABLED', 'No Authorizer is configured on the broker')
