export { ArrivalTitle } from './arrival-title.tsx';
export { CodeField } from './code-field.tsx';
export { codeProblem } from './code-step.tsx';
export { beginWithPasskey } from './passkey-step.tsx';
export { SecondFactor } from './second-factor.tsx';
export { useSecondsLeft } from './seconds-left.ts';
export { StepUpCancelled, StepUpDialog, withStepUp, type SessionEnd } from './step-up.tsx';
export { useAuthentication, type Following } from './use-authentication.ts';
