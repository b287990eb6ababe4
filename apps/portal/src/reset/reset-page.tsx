import { fragmentToken as token } from '../begin/fragment-token.ts';
import { AskReset } from './ask-reset.tsx';
import { NewPassword } from './new-password.tsx';

/** A forgotten password: asking for the link, and what the link leads to. */
export default function ResetPage() {
  return token === undefined ? <AskReset /> : <NewPassword token={token} />;
}
