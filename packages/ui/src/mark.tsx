/** The product's mark: one tick set by a person, a second one beside it: countersigned. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
      style={{ flexShrink: 0 }}
    >
      <rect width="32" height="32" rx="9" fill="var(--cs-accent)" />
      <path
        d="M6.5 16.8l4.4 4.4 8-9.4M15.2 20.2l1.4 1.4 8.9-10.4"
        fill="none"
        stroke="var(--cs-on-accent)"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
