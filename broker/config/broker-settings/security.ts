import { int, javaClass, list, long, password, string } from '../setting.ts'

/** Authorisation, delegation tokens, policies, principals. */
export const securitySettings = {
  'alter.config.policy.class.name': javaClass(null),
  'authorizer.class.name': string(''),
  'config.providers': list('', { update: 'cluster-wide' }),
  'connection.failed.authentication.delay.ms': int(100, { min: 0 }),
  'connections.max.reauth.ms': long(0),
  'create.topic.policy.class.name': javaClass(null),
  'delegation.token.expiry.check.interval.ms': long(3600000, { min: 1 }),
  'delegation.token.expiry.time.ms': long(86400000, { min: 1 }),
  'delegation.token.max.lifetime.ms': long(604800000, { min: 1 }),
  'delegation.token.secret.key': password(null),
  'principal.builder.class': javaClass('org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder', {
    update: 'per-broker',
  }),
  'security.providers': string(null),
}
