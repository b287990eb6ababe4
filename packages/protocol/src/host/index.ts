/** What hosts and the server say to each other (docs/hosts.md), both ends of it. */
export { isJoinMac, joinMac, joinTokenShape, readJoinToken, type JoinKey } from './join.ts';
export {
  signVerdict,
  verifyVerdict,
  type JudgedLogin,
  type VerdictClaims,
  type VerdictKey,
  type VerdictVerification,
} from './verdict.ts';
export {
  configurationLifetime,
  signConfiguration,
  verifyConfiguration,
  type ConfigurationVerification,
  type HostConfigurationClaims,
  type OfflineUsers,
} from './configuration.ts';
export { offlineDigits, offlinePeriod, offlineSecret, offlineStepOf } from './offline-code.ts';
