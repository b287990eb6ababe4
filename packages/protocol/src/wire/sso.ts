import { Type, type Static } from 'typebox';
import { Id, Nullable, OneOf } from './common.ts';

/** `GET /api/v1/sso/{interaction}`: what an application asked of whoever sits at this browser. */
export const SsoInteraction = Type.Object({
  id: Id,
  application: Type.Object({ id: Id, name: Type.String(), logo_uri: Nullable(Type.String()) }),
  /**
   * `sign_in`: nobody is signed in, or too long ago somebody who has nothing but the password. `forbidden`: whoever is may not
   * use the application. `step_up`: the session proves too little. `ready`: it is enough.
   */
  state: OneOf('sign_in', 'forbidden', 'step_up', 'ready'),
});
export type SsoInteraction = Static<typeof SsoInteraction>;

/** `POST /api/v1/sso/device`: as it is typed, with or without its hyphen. */
export const TypedUserCode = Type.Object({ user_code: Type.String({ minLength: 1, maxLength: 64 }) });
export const DeviceInteraction = Type.Object({
  interaction: Id,
  /** As the device shows it. */
  user_code: Type.String(),
  application: Type.Object({ id: Id, name: Type.String(), logo_uri: Nullable(Type.String()) }),
});
export type DeviceInteraction = Static<typeof DeviceInteraction>;

/** `POST /api/v1/sso/{interaction}/continue` and `/cancel`: where the browser goes. */
export const SsoContinued = Type.Object({ url: Type.String() });
export type SsoContinued = Static<typeof SsoContinued>;
