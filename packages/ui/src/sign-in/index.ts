export { PushWaiting } from './push-waiting.tsx';
export { useSecondsLeft } from './seconds-left.ts';
export { StepUpCancelled, StepUpDialog, withStepUp } from './step-up.tsx';
export { useAuthentication, type Following } from './use-authentication.ts';
