import type { PolicyWarning } from '@countersign/protocol/wire';
import { Callout } from '../layout/callout.tsx';

/** Whom the rules about enrolling may leave without a way to sign in. */
export function Warnings({ warnings }: { warnings: PolicyWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Callout tone="warning" title="Some people may find no way in">
      {warnings.map(({ rule, by }) => (
        <div key={`${rule.id} ${by?.id}`}>
          {by === null
            ? `“${rule.name}” leaves nothing to enrol: whoever it is about and has no factor yet cannot sign in.`
            : `“${rule.name}” lets people enrol nothing of what “${by.name}” asks for.`}
        </div>
      ))}
    </Callout>
  );
}
