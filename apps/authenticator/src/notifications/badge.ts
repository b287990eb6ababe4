/** The number on the app's icon: how many requests wait. Where there are no badges, nothing happens. */
export function showBadge(waiting: number): void {
  const { setAppBadge, clearAppBadge } = navigator as Partial<
    Pick<Navigator, 'setAppBadge' | 'clearAppBadge'>
  >;
  const shown = waiting > 0 ? setAppBadge?.call(navigator, waiting) : clearAppBadge?.call(navigator);
  shown?.catch(() => {
    // Not installed, or not allowed.
  });
}
