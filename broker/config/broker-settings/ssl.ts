import { bool, javaClass, list, password, string } from '../setting.ts'

/** TLS. */
export const sslSettings = {
  'ssl.allow.dn.changes': bool(false),
  'ssl.allow.san.changes': bool(false),
  'ssl.cipher.suites': list('', { update: 'per-broker' }),
  'ssl.client.auth': string('none', { oneOf: ['required', 'requested', 'none'], update: 'per-broker' }),
  'ssl.enabled.protocols': list('TLSv1.2,TLSv1.3', { update: 'per-broker' }),
  'ssl.endpoint.identification.algorithm': string('https', { update: 'per-broker' }),
  'ssl.engine.factory.class': javaClass(null, { update: 'per-broker' }),
  'ssl.key.password': password(null, { update: 'per-broker' }),
  'ssl.keymanager.algorithm': string('SunX509', { update: 'per-broker' }),
  'ssl.keystore.certificate.chain': password(null, { update: 'per-broker' }),
  'ssl.keystore.key': password(null, { update: 'per-broker' }),
  'ssl.keystore.location': string(null, { update: 'per-broker' }),
  'ssl.keystore.password': password(null, { update: 'per-broker' }),
  'ssl.keystore.type': string('JKS', { update: 'per-broker' }),
  'ssl.principal.mapping.rules': string('DEFAULT'),
  'ssl.protocol': string('TLSv1.3', { update: 'per-broker' }),
  'ssl.provider': string(null, { update: 'per-broker' }),
  'ssl.secure.random.implementation': string(null, { update: 'per-broker' }),
  'ssl.trustmanager.algorithm': string('PKIX', { update: 'per-broker' }),
  'ssl.truststore.certificates': password(null, { update: 'per-broker' }),
  'ssl.truststore.location': string(null, { update: 'per-broker' }),
  'ssl.truststore.password': password(null, { update: 'per-broker' }),
  'ssl.truststore.type': string('JKS', { update: 'per-broker' }),
}
