import type { Letters } from './en.ts';

/** Jede Mail auf Deutsch. */

interface Place {
  client: string | null;
  ip: string | null;
}

const unlessYou = {
  removePhone:
    'Waren Sie das nicht, dann melden Sie sich an, öffnen Sie „Sicherheit“ und entfernen Sie das Telefon, oder sagen Sie es sofort Ihrem Administrator.',
  changeBack:
    'Waren Sie das nicht, dann melden Sie sich an, öffnen Sie „Sicherheit“ und machen Sie es rückgängig, oder sagen Sie es sofort Ihrem Administrator.',
  tell: 'Waren Sie das nicht, dann sagen Sie es sofort Ihrem Administrator.',
};
/** In UTC: nobody's time zone is known here. */
const dateTime = (at: number) =>
  `${new Intl.DateTimeFormat('de', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} Uhr (UTC)`;
const from = ({ client, ip }: Place) =>
  `${client ?? 'einem unbekannten Programm'} unter ${ip ?? 'einer unbekannten Adresse'}`;
const noPushMeanwhile =
  'Anmeldungen aus unbekannten Browsern lösen 30 Minuten lang keine Anfrage auf dem Telefon aus';

export const de: Letters = {
  greeting: (name) => `Guten Tag ${name},`,

  invitation: (organization, login, url) => ({
    subject: `Ihr Konto bei ${organization}`,
    paragraphs: [
      `Bei ${organization} wurde ein Konto für Sie angelegt. Ihr Anmeldename ist ${login}.`,
      'Wählen Sie zuerst ein Passwort. Der Link gilt einmal, sieben Tage lang.',
    ],
    action: { label: 'Passwort wählen', url },
  }),
  getApp: (organization, url) => ({
    subject: 'So bekommen Sie Countersign Authenticator',
    paragraphs: [
      `Öffnen Sie diesen Link auf dem Telefon, mit dem Sie Ihre Anmeldungen bei ${organization} bestätigen wollen, und legen Sie die App auf den Startbildschirm.`,
      'Öffnen Sie dann die App, tippen Sie auf „Konto hinzufügen“ und scannen Sie den Code, den das User Portal zeigt.',
    ],
    action: { label: 'Countersign Authenticator öffnen', url },
  }),

  enrol: (organization, when, url) => ({
    subject: `Richten Sie einen zweiten Faktor bei ${organization} ein`,
    paragraphs: [
      when === 'asked'
        ? `Ihr Konto bei ${organization} ist nur durch das Passwort geschützt. Ihr Administrator bittet Sie, einen zweiten Faktor einzurichten, damit ein gestohlenes Passwort nicht reicht, um sich als Sie anzumelden.`
        : when === 'now'
          ? `Für die Anmeldung bei ${organization} brauchen Sie einen zweiten Faktor, und Ihr Konto hat noch keinen.`
          : `Ab dem ${dateTime(when)} brauchen Sie für die Anmeldung bei ${organization} einen zweiten Faktor. Ihr Konto hat noch keinen.`,
      'Es dauert nur wenige Minuten: Melden Sie sich wie gewohnt im User Portal an und folgen Sie dem, was es zeigt.',
    ],
    action: { label: 'User Portal öffnen', url },
    after: [
      'Sie müssen diesem Link nicht trauen: Tippen Sie die Adresse des Portals ein, wie Sie sie kennen. Niemand fragt Sie per Mail oder am Telefon nach Ihrem Passwort oder einem Code.',
    ],
  }),

  passwordReset: (organization, login, minutes, url) => ({
    subject: `Ihr Passwort bei ${organization} zurücksetzen`,
    paragraphs: [
      `Jemand möchte das Passwort Ihres Kontos bei ${organization} zurücksetzen. Ihr Anmeldename ist ${login}.`,
      'Waren Sie das, dann wählen Sie ein neues, und bestätigen Sie danach, dass Sie es sind, so wie die Seite es verlangt.',
    ],
    action: { label: 'Neues Passwort wählen', url },
    after: [
      `Der Link gilt einmal, ${minutes} Minuten lang. Fordern Sie einen weiteren an, gilt nur der neueste.`,
      'Waren Sie es nicht, dann tun Sie nichts: Ihr Passwort bleibt, wie es ist. Geben Sie den Link nie weiter, und lehnen Sie ab, wonach Ihr Telefon etwa fragt.',
    ],
  }),
  passwordWasReset: (login, client) => ({
    subject: 'Ihr Passwort wurde zurückgesetzt',
    paragraphs: [
      `Das Passwort Ihres Kontos (${login}) wurde von ${client ?? 'einem unbekannten Programm'} aus zurückgesetzt. Alle Browser wurden abgemeldet; melden Sie sich mit dem neuen Passwort an.`,
      unlessYou.tell,
    ],
  }),
  passwordChanged: () => ({
    subject: 'Ihr Passwort wurde geändert',
    paragraphs: [
      'Ihr Passwort wurde im User Portal geändert, und Ihre anderen Browser wurden abgemeldet.',
      unlessYou.tell,
    ],
  }),

  emailChanged: (email) => ({
    subject: 'Ihre E-Mail-Adresse wurde geändert',
    paragraphs: [
      `Ein Administrator hat die E-Mail-Adresse Ihres Kontos in ${email} geändert. Mails zu Ihrem Konto und Links zum Zurücksetzen des Passworts gehen von jetzt an dorthin.`,
      'Haben Sie das nicht erwartet, dann sagen Sie es sofort Ihrem Administrator.',
    ],
  }),
  mfaReset: () => ({
    subject: 'Ihre Anmeldefaktoren wurden entfernt',
    paragraphs: [
      'Ein Administrator hat alle Telefone, Bestätigungscodes, Passkeys und Wiederherstellungscodes aus Ihrem Konto entfernt und Sie überall abgemeldet. Um neue einzurichten, melden Sie sich mit Ihrem Passwort und dem einmaligen Code an, den Ihr Administrator Ihnen gibt.',
      'Haben Sie das nicht verlangt, dann sagen Sie es sofort Ihrem Administrator.',
    ],
  }),

  phoneAdded: (device) => ({
    subject: 'Ihrem Konto wurde ein Telefon hinzugefügt',
    paragraphs: [
      `„${device}“ bestätigt jetzt Ihre Anmeldungen mit Countersign Authenticator.`,
      unlessYou.removePhone,
    ],
  }),
  phoneMoved: (device) => ({
    subject: 'Ihrem Konto wurde ein Telefon hinzugefügt',
    paragraphs: [
      `„${device}“ bestätigt jetzt Ihre Anmeldungen mit Countersign Authenticator.`,
      'Waren Sie das nicht, dann sagen Sie es sofort Ihrem Administrator: Er kann das Telefon entfernen.',
    ],
  }),
  phoneRemoved: (device, by) => ({
    subject:
      by === 'replacement' ? 'Ihr Telefon wurde ersetzt' : 'Ein Telefon wurde aus Ihrem Konto entfernt',
    paragraphs: [
      {
        portal: `Ihr Telefon „${device}“ wurde im User Portal aus Ihrem Konto entfernt.`,
        app: `Ihr Konto wurde in Countersign Authenticator auf „${device}“ gelöscht.`,
        replacement: `Ein anderes Telefon bestätigt jetzt Ihre Anmeldungen. „${device}“ tut es nicht mehr.`,
        administrator: `Ein Administrator hat das Telefon „${device}“ aus Ihrem Konto entfernt.`,
        not_my_phone: `„${device}“ wurde eingerichtet und sofort wieder entfernt („Nicht mein Telefon“).`,
      }[by],
      'Waren Sie das, dann ist nichts zu tun. Waren Sie es nicht, dann melden Sie sich an und prüfen Sie die Seite „Sicherheit“, oder sagen Sie es Ihrem Administrator.',
    ],
  }),
  checkAdded: (device) => ({
    subject: 'Ihr Telefon prüft jetzt, dass Sie es sind',
    paragraphs: [
      `Für „${device}“ wurde eine Prüfung durch Gesicht, Finger oder Code eingerichtet. Es bestätigt von jetzt an damit.`,
      unlessYou.removePhone,
    ],
  }),
  checkReplaced: (device) => ({
    subject: 'Die Prüfung Ihres Telefons wurde ersetzt',
    paragraphs: [
      `Die Prüfung von „${device}“ durch Gesicht, Finger oder Code wurde ersetzt; die vorige hat es bestätigt.`,
      unlessYou.removePhone,
    ],
  }),

  totpAdded: () => ({
    subject: 'Bestätigungscodes wurden eingerichtet',
    paragraphs: [
      'In Ihr Konto kann man sich jetzt mit den Codes einer Authenticator-App anmelden.',
      unlessYou.changeBack,
    ],
  }),
  totpRemoved: () => ({
    subject: 'Bestätigungscodes wurden entfernt',
    paragraphs: [
      'Mit den Codes Ihrer Authenticator-App kann man sich in Ihr Konto nicht mehr anmelden.',
      unlessYou.changeBack,
    ],
  }),
  passkeyAdded: (name) => ({
    subject: 'Ihrem Konto wurde ein Passkey hinzugefügt',
    paragraphs: [
      `Mit dem Passkey „${name}“ kann man sich jetzt in Ihr Konto anmelden.`,
      unlessYou.changeBack,
    ],
  }),
  passkeyRemoved: (name) => ({
    subject: 'Ein Passkey wurde aus Ihrem Konto entfernt',
    paragraphs: [
      `Mit dem Passkey „${name}“ kann man sich in Ihr Konto nicht mehr anmelden.`,
      unlessYou.changeBack,
    ],
  }),
  recoveryCodesMade: () => ({
    subject: 'Neue Wiederherstellungscodes wurden erstellt',
    paragraphs: [
      'Für Ihr Konto wurden zehn Wiederherstellungscodes erstellt. Frühere gelten nicht mehr.',
      'Waren Sie das nicht, dann melden Sie sich an, öffnen Sie „Sicherheit“ und erstellen Sie neue, oder sagen Sie es sofort Ihrem Administrator.',
    ],
  }),
  recoveryCodeUsed: (left) => ({
    subject: 'Ein Wiederherstellungscode wurde verwendet',
    paragraphs: [
      `Einer Ihrer Wiederherstellungscodes wurde verwendet. ${left === 0 ? 'Keiner ist übrig' : left === 1 ? 'Einer ist übrig' : `${left} sind übrig`}: Neue erstellen Sie unter „Sicherheit“, wenn Sie sie brauchen.`,
      unlessYou.tell,
    ],
  }),
  factorLocked: (kind, tries) => ({
    subject: 'Für Ihr Konto wurden falsche Codes eingegeben',
    paragraphs: [
      `Jemand hat nach Ihrem Passwort ${tries} falsche ${kind === 'totp' ? 'Bestätigungscodes' : 'Wiederherstellungscodes'} hintereinander eingegeben. Codes dieser Art ruhen eine Weile; Ihre anderen Wege zur Anmeldung nicht.`,
      'Waren Sie das nicht, dann kennt jemand Ihr Passwort: Ändern Sie es, oder sagen Sie es sofort Ihrem Administrator.',
    ],
  }),

  signInReported: ({ login, name }, place) => ({
    subject: `${login} hat eine fremde Anmeldung gemeldet`,
    paragraphs: [
      `${name} (${login}) hat auf eine Anmeldeanfrage mit „Das war ich nicht“ geantwortet. Sie kam von ${from(place)}.`,
      `Wer gefragt hat, kennt das Passwort. ${noPushMeanwhile}; sorgen Sie dafür, dass das Passwort geändert wird.`,
    ],
  }),
  verificationReported: ({ login, name }, helper) => ({
    subject: `${login} hat nicht beim Helpdesk angerufen`,
    paragraphs: [
      `${name} (${login}) hat auf eine Prüfanfrage mit „Das war ich nicht“ geantwortet. ${helper.name} (${helper.login}) hatte gefragt, ob der Anruf beim Helpdesk von dieser Person kommt.`,
      `Wer angerufen hat, hat sich für diese Person ausgegeben: Tun Sie nichts von dem, was verlangt wurde, und machen Sie rückgängig, was schon getan ist. ${noPushMeanwhile}.`,
    ],
  }),
  hostLoginReported: ({ login, name }, host, place) => ({
    subject: `${login} hat eine fremde Anmeldung an ${host} gemeldet`,
    paragraphs: [
      `${name} (${login}) hat mit „Das war ich nicht“ geantwortet, als ${host} nach einer Anmeldung dort fragte. Sie kam von ${from(place)}.`,
      `Wer gefragt hat, kennt vielleicht, womit man sich an diesem Rechner anmeldet. ${noPushMeanwhile}; sorgen Sie dafür, dass Passwörter und Schlüssel geändert werden.`,
    ],
  }),
  webhookDisabled: (origin, reason) => ({
    subject: `Der Webhook zu ${origin} wurde abgeschaltet`,
    paragraphs: [
      `${origin} hat einen Tag lang kein Ereignis angenommen oder will keine mehr und bekommt deshalb ab jetzt keine. Der letzte Versuch ist gescheitert: ${reason}.`,
      'Wenn die Adresse wieder antwortet, schalten Sie den Webhook im Admin-Portal ein. Was wartet, bleibt eine Woche; was bis dahin geschieht, wird nicht gemeldet.',
    ],
  }),
  brokenGlass: (host, localUser) => ({
    subject: `${host} hat das Notfallkonto eingelassen`,
    paragraphs: [
      `Während der Server nicht zu erreichen war, hat der Rechner ${host} „${localUser}“ an seiner Konsole ohne zweiten Faktor eingelassen.`,
      'War niemand von Ihnen an diesem Rechner, dann gehen Sie dem sofort nach.',
    ],
  }),
  passwordResetReported: ({ login, name }, place) => ({
    subject: `${login} hat eine fremde Passwortrücksetzung gemeldet`,
    paragraphs: [
      `${name} (${login}) hat auf die Anfrage, das Passwort zurückzusetzen, mit „Das war ich nicht“ geantwortet. Sie kam von ${from(place)}. Das Passwort ist unverändert.`,
      `Wer gefragt hat, hat den gemailten Link und liest also das Postfach dieser Person mit: Sorgen Sie dafür, dass es gesichert wird. ${noPushMeanwhile}.`,
    ],
  }),
  transferReported: ({ login, name }, device) => ({
    subject: `${login} hat ein fremdes neues Telefon gemeldet`,
    paragraphs: [
      `${name} (${login}) hat mit „Das war ich nicht“ geantwortet, als das Konto an ${device === null ? 'ein anderes Telefon' : `„${device}“`} übergeben werden sollte. Das neue Telefon wurde verworfen.`,
      `Wer damit begonnen hat, konnte das Telefon entsperren. ${noPushMeanwhile}; sprechen Sie mit der Person.`,
    ],
  }),
  activityReported: ({ login, name }, eventType, place) => ({
    subject: `${login} hat etwas Fremdes gemeldet`,
    paragraphs: [
      `${name} (${login}) hat zu „${eventType}“ von ${from(place)} gesagt: „Das war ich nicht“.`,
      `Die anderen Browser wurden abgemeldet, und ein anderes Passwort muss gewählt werden. ${noPushMeanwhile}.`,
    ],
  }),
};
