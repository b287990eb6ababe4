/** What a form says of a field before the server is asked; undefined where nothing is wrong. */

// The same form as the server's schema.
const emailForm = /^[^\s@<>",;:\\]+@[^\s@<>",;:\\]+$/;

export function checkName(name: string): string | undefined {
  if (name.trim() === '') return 'Give the name by which others know this person.';
  return name.length > 100 ? 'A name may have at most 100 characters.' : undefined;
}

export function checkEmail(email: string): string | undefined {
  if (email.trim() === '') return 'Give an e-mail address.';
  return emailForm.test(email.trim()) && email.trim().length <= 254
    ? undefined
    : 'This is no e-mail address, such as ada@example.com.';
}

export function checkLogin(login: string): string | undefined {
  if (login.trim() === '') return 'Give the login name.';
  return login.length > 254 ? 'A login name may have at most 254 characters.' : undefined;
}

/** The server knows more: common passwords, and the person's own names. */
export function checkPassword(password: string, leastLength: number): string | undefined {
  const length = [...password.normalize('NFC')].length;
  if (length >= leastLength) return undefined;
  return length === 0
    ? `Give an initial password of at least ${leastLength} characters.`
    : `It must have at least ${leastLength} characters; these are ${length}.`;
}
