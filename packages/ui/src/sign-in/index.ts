export { ArrivalTitle } from './arrival-title.tsx';
export { PushWaiting } from './push-waiting.tsx';
export { useSecondsLeft } from './seconds-left.ts';
export { StepUpCancelled, StepUpDialog, withStepUp, type SessionEnd } from './step-up.tsx';
export { useAuthentication, type Following } from './use-authentication.ts';
