import { article, type Articles } from '../article.ts';
import type { Texts } from './en.ts';

/** Alles, was die App sagt, auf Deutsch. */
const texts: Texts = {
  app: {
    name: 'Countersign Authenticator',
    back: 'Zurück',
    main: 'Hauptbereich',
    accounts: 'Konten',
    more: 'Mehr',
    loading: 'Wird geladen…',
    cancel: 'Abbrechen',
    done: 'Fertig',
    save: 'Speichern',
    saved: 'Gespeichert.',
    next: 'Weiter',
    tryAgain: 'Noch einmal versuchen',
    understood: 'Verstanden',
    choose: 'Wählen Sie ein Konto, um es hier zu sehen.',
    chooseMore: 'Wählen Sie ein Thema, um es hier zu sehen.',
    seconds: (n) => (n === 1 ? 'Noch 1 Sekunde' : `Noch ${n} Sekunden`),
  },
  problems: {
    unknown: 'Etwas ist schiefgegangen. Versuchen Sie es noch einmal.',
    offline: 'Der Server ist nicht erreichbar. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
    tooMany: (seconds) => `Zu viele Versuche. Versuchen Sie es in ${seconds} Sekunden wieder.`,
    storageFull:
      'Der Speicher dieses Geräts ist voll, deshalb wurde nichts gespeichert. Schaffen Sie Platz und versuchen Sie es noch einmal. Was vorher da war, ist noch da.',
    storage:
      'Das Gerät konnte es nicht speichern. Versuchen Sie es noch einmal; hilft das nicht, starten Sie den Browser neu.',
    locked: 'Die App ist gesperrt. Entsperren Sie sie zuerst.',
    codes: {
      activation_not_found: 'Diesen Aktivierungscode gibt es nicht. Erzeugen Sie im Portal einen neuen.',
      activation_expired: 'Dieser Aktivierungscode ist abgelaufen. Erzeugen Sie im Portal einen neuen.',
      activation_used: 'Dieser Aktivierungscode wurde schon benutzt. Erzeugen Sie im Portal einen neuen.',
      invalid_registration:
        'Der Server hat die Registrierung dieses Geräts nicht angenommen. Versuchen Sie es mit einem neuen Code.',
      key_in_use: 'Dieses Gerät ist schon registriert.',
      user_verification_required: 'Face ID, Fingerabdruck oder Gerätecode ist nötig.',
      user_verification_failed:
        'Der Server konnte Gesicht, Finger oder Gerätecode nicht bestätigen. Versuchen Sie es noch einmal.',
      request_not_found: 'Diese Anfrage gibt es nicht.',
      request_expired: 'Die Anfrage ist abgelaufen.',
      request_already_answered: 'Die Anfrage ist schon beendet.',
      invalid_answer:
        'Der Server hat die Antwort nicht angenommen. Prüfen Sie Datum und Uhrzeit dieses Geräts und versuchen Sie es noch einmal.',
      wrong_number: 'Die Zahl ist falsch. Die Anfrage ist beendet.',
      invalid_proof: 'Der Server nimmt dieses Gerät nicht mehr an.',
      authenticator_pending: 'Dieses Gerät ist noch nicht aktiv.',
      push_disabled: 'Mobiler Push ist für dieses Konto nicht freigegeben.',
      transfer_disabled:
        'Ihre Organisation erlaubt den Umzug auf ein neues Telefon hier nicht. Registrieren Sie das neue Telefon im User Portal.',
      too_large: 'Das ist zu groß zum Senden.',
      unavailable: 'Der Server kann das gerade nicht. Versuchen Sie es gleich noch einmal.',
      internal: 'Auf dem Server ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal.',
    },
  },
  storage: {
    title: 'Die Daten der App sind nicht erreichbar',
    blocked:
      'Dieser Browser lässt die App nichts speichern: Private Fenster und manche Datenschutz-Einstellungen verbieten es. Öffnen Sie die App in einem normalen Fenster oder erlauben Sie Websitedaten für diese Adresse. Konten, die vorher da waren, gehen dadurch nicht verloren.',
    evicted:
      'Dieses Gerät hat die Daten der App gelöscht, wie Browser es tun, wenn der Speicher knapp wird oder Websitedaten gelöscht werden. Ihre Konten sind nicht mehr hier. Stellen Sie Ihre Codes aus einer Sicherung wieder her und registrieren Sie dieses Gerät im User Portal neu.',
    evictedHelp: 'Was jetzt zu tun ist',
    understood: 'Verstanden',
  },
  introduction: {
    pages: [
      {
        title: 'Mit einem Tippen bestätigen',
        text: 'Wenn Sie sich bei der Arbeit anmelden, kommt eine Anfrage auf dieses Telefon. Sie sehen, wer von wo aus fragt, und antworten mit Bestätigen oder Ablehnen.',
      },
      {
        title: 'Codes für alles andere',
        text: 'Die App erzeugt auch die sechsstelligen Codes anderer Dienste. Sie liegen versiegelt auf diesem Gerät, funktionieren ohne Netz und lassen sich sichern.',
      },
      {
        title: 'Warum Mitteilungen',
        text: 'Eine Anfrage wartet etwa eine Minute. Eine Mitteilung meldet sie sofort, auch wenn die App geschlossen ist. Etwas anderes wird nie gesendet.',
      },
    ],
    page: (n, of) => `Seite ${n} von ${of}`,
    getStarted: 'Los geht’s',
    skip: 'Überspringen',
    allowTitle: 'Mitteilungen erlauben?',
    allowText:
      'Damit eine Anfrage Sie erreicht, während die App geschlossen ist. Ohne sie öffnen Sie die App, wenn Sie sich anmelden: Anfragen erscheinen darin von selbst.',
    allow: 'Mitteilungen erlauben',
    notNow: 'Nicht jetzt',
    readyTitle: 'Alles bereit',
    readyWithoutTitle: 'Bereit, ohne Mitteilungen',
    ready: 'Anfragen erreichen Sie, auch wenn die App geschlossen ist.',
    denied:
      'Mitteilungen sind für diese App blockiert. Anfragen erscheinen, während sie offen ist; Sie können Mitteilungen später in den Einstellungen des Systems erlauben.',
    unsupported:
      'Dieser Browser kann hier keine Mitteilungen empfangen. Anfragen erscheinen, während die App offen ist.',
    continue: 'Weiter',
  },
  install: {
    button: 'App installieren',
    ios: [
      'Legen Sie die App zuerst auf den Home-Bildschirm: Tippen Sie auf ',
      'Teilen',
      ', dann auf ',
      'Zum Home-Bildschirm',
      ', und öffnen Sie sie von dort.',
    ],
    other: [
      'Legen Sie die App auf den Startbildschirm: Öffnen Sie das Menü des Browsers und wählen Sie ',
      'App installieren',
      ' oder ',
      'Zum Startbildschirm hinzufügen',
      '.',
    ],
    firstTitle: 'Installieren Sie zuerst die App',
    first:
      'Öffnen Sie sie dann vom Home-Bildschirm und tippen Sie auf „Konto hinzufügen“: Der Code wird in der App gescannt. Ihr Code wurde nicht benutzt.',
  },
  home: {
    offline:
      'Der Server ist nicht erreichbar. Anfragen erscheinen, sobald er es ist. Ihre Codes funktionieren ohne ihn.',
    waits: (login) => `${login} wartet auf Ihre Antwort`,
    add: 'Konto hinzufügen',
    search: 'Konten suchen',
    searchNone: (query) => `Kein Konto passt zu „${query}“.`,
    emptyTitle: 'Noch keine Konten',
    empty:
      'Melden Sie sich an einem Computer im User Portal Ihrer Organisation an und wählen Sie „Gerät registrieren“. Fügen Sie das Konto dann hier hinzu, indem Sie den angezeigten Code scannen. Codes anderer Dienste kommen genauso dazu.',
    moveIn: 'Codes aus einer anderen App oder einer Sicherung übernehmen',
    removed: 'Vom Server entfernt',
    pending: 'Noch nicht abgeschlossen',
    moving: 'Wartet auf Ihr altes Telefon',
    pushOn: 'Push ist an',
    pushOpen: 'Push ist an · zum Antworten App öffnen',
    notificationsOff: 'Mitteilungen sind aus. Anfragen erscheinen nur, während die App offen ist.',
    notificationsBlocked:
      'Mitteilungen sind in den Einstellungen des Systems blockiert. Anfragen erscheinen nur, während die App offen ist.',
    lastReached: 'Zuletzt erreicht:',
    clockBehind: (amount) =>
      `Die Uhr dieses Geräts geht ${amount} nach. Codes werden vielleicht nicht angenommen. Stellen Sie die Uhrzeit in den Einstellungen des Systems auf automatisch.`,
    clockAhead: (amount) =>
      `Die Uhr dieses Geräts geht ${amount} vor. Codes werden vielleicht nicht angenommen. Stellen Sie die Uhrzeit in den Einstellungen des Systems auf automatisch.`,
    amount: (seconds) =>
      seconds < 120
        ? `${seconds} Sekunden`
        : seconds < 7200
          ? `${Math.round(seconds / 60)} Minuten`
          : `${Math.round(seconds / 3600)} Stunden`,
    backupNone: (n) =>
      n === 1
        ? 'Ihr Code ist nicht gesichert. Ohne Sicherung geht er mit diesem Gerät verloren.'
        : `Ihre ${n} Codes sind nicht gesichert. Ohne Sicherung gehen sie mit diesem Gerät verloren.`,
    backupOld: (n) =>
      n === 1
        ? 'Seit der letzten Sicherung ist ein Code dazugekommen.'
        : `Seit der letzten Sicherung sind ${n} Codes dazugekommen.`,
    backupMake: 'Jetzt sichern',
    backupLater: 'Später',
    order: 'Reihenfolge ändern',
    orderDone: 'Fertig',
    moveUp: (name) => `${name} nach oben`,
    moveDown: (name) => `${name} nach unten`,
  },
  codes: {
    copy: (code, name) => `Code ${code} von ${name} kopieren`,
    copied: 'Code kopiert',
    notCopied: 'Der Code konnte nicht kopiert werden. Tippen Sie ihn ab.',
    next: (code) => `Nächster: ${code}`,
    nextCode: 'Nächster Code',
    counterAsk: 'Code zeigen',
    unreadable: 'Nicht lesbar',
    unreadableText:
      'Der Schlüssel dieses Kontos ist auf diesem Gerät nicht mehr lesbar. Stellen Sie ihn aus einer Sicherung wieder her oder richten Sie ihn beim Dienst neu ein.',
    gone: 'Dieses Konto ist nicht mehr auf diesem Gerät.',
    issuer: 'Dienst',
    label: 'Konto',
    algorithm: 'Verfahren',
    digits: 'Stellen',
    period: 'Wechselt alle',
    periodValue: (seconds) => `${seconds} Sekunden`,
    counter: 'Zähler',
    added: 'Hinzugefügt',
    issuerNeeded: 'Geben Sie dem Dienst oder dem Konto einen Namen.',
    delete: 'Konto löschen',
    deleteTitle: 'Dieses Konto löschen?',
    deleteText: (name) =>
      `Die Codes von ${name} sind dann nicht mehr auf diesem Gerät. Schalten Sie vorher den zweiten Faktor beim Dienst aus oder sorgen Sie für einen anderen Zugang: Ohne Code kommen Sie dort vielleicht nicht mehr hinein.`,
    deleteConfirm: 'Löschen',
    show: 'Als QR-Code zeigen',
    hide: 'QR-Code verbergen',
    showWarning: 'Wer diesen Code scannt, kann Ihre Codes erzeugen. Zeigen Sie ihn sonst niemandem.',
    qrTooLong:
      'Dieser Name ist zu lang für einen QR-Code. Kürzen Sie ihn, oder nehmen Sie ihn in einer Sicherung mit.',
    unnamed: 'Konto ohne Namen',
  },
  account: {
    title: 'Konto',
    gone: 'Dieses Konto ist nicht mehr auf diesem Gerät.',
    revoked:
      'Der Server nimmt dieses Gerät nicht mehr an: Es wurde im Portal entfernt, oder ein anderes Telefon ist an seine Stelle getreten. Löschen Sie das Konto hier und registrieren Sie es neu, wenn Sie es brauchen.',
    account: 'Konto',
    server: 'Server',
    added: 'Hinzugefügt',
    lastReached: 'Zuletzt erreicht',
    notifications: 'Mitteilungen',
    verificationSet: 'Eingerichtet',
    verificationNot: 'Nicht eingerichtet',
    healthBlocked: 'In den Einstellungen des Systems blockiert',
    healthUnsupported: 'In diesem Browser nicht möglich',
    healthOff: 'Aus',
    healthOn: 'An',
    healthUnreachable: 'Kommen zurzeit nicht an; öffnen Sie zum Antworten die App',
    deviceName: 'Name des Geräts',
    nameNeeded: 'Ein Name ist nötig.',
    test: 'Test senden',
    testSending: 'Wird gesendet…',
    testSent:
      'Gesendet. Er öffnet sich hier von selbst; ist die App geschlossen, meldet ihn eine Mitteilung.',
    recent: 'Letzte Anmeldungen',
    recentNone: 'Auf diesem Gerät wurde noch keine beantwortet.',
    move: 'Auf ein neues Telefon umziehen',
    delete: 'Konto löschen',
    deleteTitle: 'Dieses Konto löschen?',
    deleteText: (login, organization) =>
      `Dieses Gerät bestätigt dann keine Anmeldungen von ${login} bei ${organization} mehr. Ist es Ihr einziger Zugang, brauchen Sie die Hilfe Ihrer Administratoren, um wieder hineinzukommen.`,
    deleteConfirm: 'Löschen',
    deleteHere: 'Nur auf diesem Gerät löschen; später im Portal entfernen',
  },
  hosts: {
    title: 'Codes für Rechner',
    intro:
      'Ein Rechner, der den Server nicht erreicht, fragt nach dem Code, der hier für ihn steht; jeder gilt einmal und nur dort.',
    count: (n) => (n === 1 ? '1 Rechner' : `${n} Rechner`),
    none: 'Sie haben sich in den letzten 90 Tagen auf keinem Rechner angemeldet. Ab der ersten Anmeldung stehen ein Rechner und sein Code hier.',
    search: 'Rechner suchen',
    searchNone: (query) => `Kein Rechner passt zu „${query}“.`,
  },
  add: {
    title: 'Konto hinzufügen',
    hint: 'Öffnen Sie im User Portal „Sicherheit“, wählen Sie „Gerät registrieren“, dann „Ich habe die App“. Scannen Sie den Code, der dort erscheint. Den Code eines anderen Dienstes scannen Sie genauso.',
    enterCode: 'Stattdessen Code eingeben',
    fromPicture: 'Aus einem Bild',
    fromFile: 'Aus einer anderen App oder einer Sicherung',
    pictureLabel: 'Bild mit einem QR-Code',
    cameraLabel: 'Kamerabild',
    cameraReady: 'Halten Sie den Code in den Rahmen',
    cameraOpening: 'Die Kamera wird geöffnet…',
    cameraDenied:
      'Die Kamera ist nicht erlaubt. Erlauben Sie sie in den Einstellungen des Browsers für diese Seite, oder geben Sie den Code ein.',
    cameraNone: 'Keine Kamera gefunden. Geben Sie den Code ein.',
    cameraFailed: 'Die Kamera ließ sich nicht öffnen. Geben Sie den Code ein.',
    scannerOffline:
      'Der Scanner konnte nicht geladen werden. Prüfen Sie die Verbindung, oder geben Sie den Code ein.',
    notPicture: 'Diese Datei ist kein lesbares Bild.',
    pictureTooLarge:
      'Dieses Bild ist zu groß. Schneiden Sie es auf den Code zu und versuchen Sie es noch einmal.',
    noCode: 'In diesem Bild wurde kein QR-Code gefunden.',
    otherOrganization: (host) =>
      `Dieser Code gehört einer anderen Organisation (${host}). Öffnen Sie ${host}/authenticator/ und scannen Sie ihn in der App dort.`,
    webPage: (host) =>
      `Dieser Code öffnet eine Webseite (${host}). Scannen Sie den Code, den das User Portal unter „Ich habe die App“ zeigt.`,
    wifi: 'Dieser Code verbindet mit einem WLAN.',
    contact: 'Dieser Code enthält einen Kontakt.',
    tooMuch: 'Dieser Code enthält mehr, als irgendein Konto braucht.',
    notForApp: 'Dieser Code ist nicht für diese App.',
    damaged: 'Das sieht nach dem Code eines Kontos aus, ist aber beschädigt.',
    otpauth: {
      not_otpauth: 'Das ist kein Code für ein Konto.',
      unknown_type: 'Codes dieser Art kann die App nicht erzeugen (weder TOTP noch HOTP).',
      no_secret: 'Dieser Code enthält keinen Schlüssel. Lassen Sie sich vom Dienst einen neuen geben.',
      secret_not_base32:
        'Der Schlüssel in diesem Code ist beschädigt. Lassen Sie sich vom Dienst einen neuen geben.',
      unsupported_algorithm:
        'Dieser Code verlangt ein Verfahren, das die App nicht hat (nur SHA-1, SHA-256 und SHA-512).',
      bad_digits: 'Dieser Code verlangt eine Stellenzahl, die die App nicht erzeugen kann (nur 6 bis 8).',
      bad_period: 'Dieser Code verlangt eine Zeitspanne, die die App nicht verwenden kann.',
      bad_counter: 'Der Zähler in diesem Code ist nicht lesbar.',
      too_long: 'Dieser Code enthält mehr, als irgendein Konto braucht.',
    },
    typedWhat: 'Woher kommt er?',
    typedActivation: 'Aus dem User Portal Ihrer Organisation',
    typedKey: 'Von einem anderen Dienst',
    server: 'Adresse des Servers',
    code: 'Code',
    codeForm: 'Der Code hat 20 Buchstaben und Ziffern in vier Fünfergruppen.',
    appBelongs: (host, other) =>
      `Diese App gehört zu ${host}. Für ein Konto dort öffnen Sie ${other}/authenticator/.`,
    noServer: 'Das ist keine Adresse eines Servers.',
    continue: 'Weiter',
    key: 'Schlüssel',
    keyHint: 'Buchstaben und Ziffern vom Dienst, etwa JBSW Y3DP EHPK 3PXP',
    keyForm:
      'Der Schlüssel besteht nur aus den Buchstaben A bis Z und den Ziffern 2 bis 7. Vergleichen Sie ihn mit der Seite des Dienstes.',
    keyNeeded: 'Geben Sie den Schlüssel ein, den der Dienst zeigt.',
    options: 'Optionen',
    kind: 'Art',
    kindTime: 'Nach Zeit (TOTP)',
    kindCounter: 'Nach Zähler (HOTP)',
    period: 'Sekunden je Code',
    counter: 'Zähler',
    addAccount: 'Dieses Konto hinzufügen',
    adding: 'Wird hinzugefügt…',
    foundTitle: 'Konto hinzufügen',
    found: 'Konto eines anderen Dienstes',
    presentCode: 'Jetziger Code',
    duplicate: (name) => `Dieses Konto ist schon auf diesem Gerät, als „${name}“.`,
    addAnyway: 'Noch einmal hinzufügen',
    addedTitle: 'Konto hinzugefügt',
    addedText: (name) => `Geben Sie den Code von ${name} beim Dienst ein, um dort abzuschließen.`,
    linkBroken: 'Dieser Link ist nicht vollständig. Scannen Sie den Code noch einmal.',
  },
  activate: {
    organization: 'Organisation',
    account: 'Konto',
    server: 'Server',
    deviceName: 'Name dieses Geräts',
    looking: 'Der Code wird nachgeschlagen…',
    finishing: 'Wird abgeschlossen…',
    adding: 'Wird hinzugefügt…',
    add: 'Dieses Konto hinzufügen',
    anotherCode: 'Einen anderen Code versuchen',
    willAsk: 'Ihr Telefon wird nach Gesicht, Finger oder Gerätecode fragen.',
    willAskRequired:
      'Ihr Telefon wird nach Gesicht, Finger oder Gerätecode fragen: Ihre Organisation verlangt es.',
    required: 'Ihre Organisation verlangt das, um das Konto hinzuzufügen.',
    without: 'Ohne fortfahren',
    doneTitle: 'Konto hinzugefügt',
    doneHeading: 'Dieses Gerät ist bestätigt',
    doneText: (login, organization) =>
      `Es bestätigt jetzt die Anmeldungen von ${login} bei ${organization}. Schließen Sie auch im User Portal ab.`,
    oldPhone: 'Bestätigen Sie jetzt auf Ihrem alten Telefon',
    oldPhoneText: (name) =>
      `Ihr altes Telefon zeigt eine Anfrage, die dieses Gerät nennt („${name}“). Bestätigen Sie sie dort, dann übernimmt dieses Telefon.`,
    tookOver: 'Dieses Telefon hat übernommen',
    tookOverText: (login, organization) =>
      `Es bestätigt jetzt die Anmeldungen von ${login} bei ${organization}. Das alte Telefon tut es nicht mehr.`,
    codesCame: (n) => (n === 1 ? 'Ein Code ist mitgekommen.' : `${n} Codes sind mitgekommen.`),
    oldPhoneClose:
      'Sie können die App inzwischen schließen: Sie macht weiter, wenn sie wieder geöffnet wird.',
    notTakenOver:
      'Das alte Telefon hat es nicht bestätigt, oder die Zeit ist abgelaufen. Nichts wurde umgezogen, und das alte Telefon funktioniert wie zuvor. Für einen neuen Versuch zeigen Sie dort einen neuen Code.',
    dropped:
      'Die Einrichtung dieses Geräts wurde beendet, bevor sie fertig war. Erzeugen Sie einen neuen Code und versuchen Sie es noch einmal.',
    withCodes: 'Die Codes Ihres alten Telefons kommen mit.',
    scanAgain:
      'Die Codes Ihres alten Telefons kommen so nicht mit: Die Seite wurde neu geöffnet. Scannen Sie den Code auf dem alten Telefon noch einmal, um sie mitzunehmen.',
    codesComing: 'Die Codes Ihres alten Telefons sind unterwegs…',
    codesFailed:
      'Die Codes des alten Telefons sind nicht mitgekommen. Sie sind noch dort: Machen Sie dort eine Sicherung und stellen Sie sie hier wieder her.',
  },
  request: {
    title: 'Anfrage',
    titleTest: 'Testanfrage',
    titleStepUp: 'Bestätigen Sie, dass Sie es sind',
    titleSignIn: 'Melden Sie sich gerade an?',
    titleProgram: 'Sind Sie es?',
    titleHost: 'Melden Sie sich gerade an?',
    titleTransfer: 'An ein anderes Telefon übergeben?',
    titleVerification: 'Rufen Sie beim Helpdesk an?',
    notHere: 'Diese Anfrage gilt keinem Konto auf diesem Gerät.',
    finishing: 'Abschluss',
    finishingText: 'Die Einrichtung dieses Geräts wird abgeschlossen…',
    approve: 'Bestätigen',
    deny: 'Ablehnen',
    report: 'Das war ich nicht',
    sendingAgain: 'Das Netz ist weg. Ihre Antwort wird wieder gesendet, sobald es da ist.',
    unknownFate:
      'Bis zum Ende der Anfrage kam keine Antwort des Servers; ob Ihre Antwort angekommen ist, ist nicht bekannt. Sie sehen es dort, wo Sie sich anmelden.',
    number: {
      page: 'Zahl auf der Anmeldeseite',
      prompt: 'Zahl in der Eingabezeile',
      nobody: 'Zahl, die Ihnen genannt wird',
    },
    typeNumber: {
      page: 'Tippen Sie die Zahl ein, die die Anmeldeseite zeigt',
      prompt: 'Tippen Sie die angezeigte Zahl ein',
      nobody: 'Tippen Sie die Zahl ein, die Ihnen genannt wird',
    },
    typed: (digits) => `Eingetippt: ${digits}`,
    typedNothing: 'Noch nichts eingetippt',
    deleteDigit: 'Letzte Ziffer löschen',
    nothingUnusualBrowser: 'Nichts Ungewöhnliches: ein Browser, den Sie schon benutzt haben.',
    nothingUnusualHost: 'Nichts Ungewöhnliches: ein Ort, den Sie schon benutzt haben.',
    newBrowser: 'Neuer Browser.',
    newBrowserText: 'Von ihm haben Sie sich noch nicht angemeldet. Wenn Sie das nicht sind, lehnen Sie ab.',
    newPlace: 'Neuer Ort.',
    newPlaceText:
      'Von dort haben Sie sich auf diesem Rechner noch nicht angemeldet. Sind Sie es nicht, lehnen Sie ab.',
    program: 'Keiner Ihrer Browser fragt.',
    programText:
      'Bestätigen Sie nur, wenn Sie gerade damit zu tun haben und dort eine Zahl genannt bekommen. Sonst lehnen Sie ab.',
    verification: (helpDesk) => `${helpDesk} fragt, wegen eines Anrufs.`,
    verificationText:
      'Wenn Sie bestätigen, gelten Sie dort als der Anrufer. Bestätigen Sie nur, wenn Sie selbst dort angerufen haben und eine Zahl genannt bekommen. Hat jemand Sie angerufen, lehnen Sie ab.',
    askedBy: 'Gefragt von',
    told: 'Mitteilung',
    newPhone: 'Ein anderes Telefon übernimmt.',
    newPhoneText: (name) =>
      `Wenn Sie bestätigen, bestätigt künftig „${name}“ Ihre Anmeldungen und dieses Telefon nicht mehr. Haben Sie den Code nicht gerade damit gescannt, lehnen Sie ab.`,
    browser: 'Browser',
    computer: 'Computer',
    host: 'Rechner',
    service: 'Dienst',
    localUser: 'Anmelden als',
    from: 'Von',
    place: 'Ort',
    address: 'Adresse',
    time: 'Zeit',
  },
  outcome: {
    back: 'Zurück zu den Konten',
    changePassword: 'Kennwort ändern',
    approvedTest: {
      title: 'Es funktioniert',
      text: 'Dieses Telefon ist erreichbar, und seine Antwort ist angekommen.',
    },
    approved: 'Bestätigt',
    approvedHere: (resource) => `Sie werden bei ${resource} angemeldet.`,
    approvedAct: (act) => `Sie haben bestätigt, dass Sie es sind: ${act}.`,
    approvedHost: (host) => `${host} lässt Sie ein.`,
    approvedVerification: (helpDesk) => `${helpDesk} weiß jetzt, dass Sie es sind, der anruft.`,
    approvedTransfer: (name) =>
      `„${name}“ übernimmt jetzt. Löschen Sie das Konto hier erst, wenn dieses Telefon sagt, dass es übernommen hat.`,
    followMove: 'Zum Umzug',
    transfer: {
      denied: { title: 'Abgelehnt', text: 'Nichts wurde umgezogen. Dieses Telefon macht weiter wie bisher.' },
      reported: {
        title: 'Gemeldet',
        text: 'Nichts wurde umgezogen, und Ihre Administratoren wurden verständigt. Jemand hatte Ihr entsperrtes Telefon oder ein Bild seines Codes: Ändern Sie jetzt Ihr Kennwort.',
      },
      expired: {
        title: 'Diese Anfrage ist abgelaufen',
        text: 'Nichts wurde umgezogen. Um auf ein neues Telefon umzuziehen, zeigen Sie hier einen neuen Code.',
      },
    },
    host: {
      denied: { title: 'Abgelehnt', text: 'Niemand wurde eingelassen.' },
      reported: {
        title: 'Gemeldet',
        text: 'Niemand wurde eingelassen, und Ihre Administratoren wurden verständigt. Jemand hat vielleicht Ihr Kennwort oder einen Ihrer Schlüssel: Ändern Sie jetzt das Kennwort und ersetzen Sie den Schlüssel.',
      },
      expired: {
        title: 'Diese Anfrage ist abgelaufen',
        text: 'Niemand wurde eingelassen. Waren Sie es, melden Sie sich noch einmal an.',
      },
      failed: {
        title: 'Das war nicht die Zahl',
        text: 'Die Anfrage ist beendet und niemand wurde eingelassen. Waren Sie es, melden Sie sich noch einmal an und tippen Sie die neue Zahl ein.',
      },
    },
    verification: {
      denied: { title: 'Abgelehnt', text: 'Der Helpdesk erfährt, dass der Anruf nicht von Ihnen kommt.' },
      reported: {
        title: 'Gemeldet',
        text: 'Der Helpdesk und Ihre Administratoren erfahren, dass der Anruf nicht von Ihnen kommt. Haben Sie gerade jemanden am Telefon, legen Sie auf.',
      },
      expired: {
        title: 'Diese Anfrage ist abgelaufen',
        text: 'Der Helpdesk hat nichts erfahren. Rufen Sie dort an, lassen Sie sich eine neue Anfrage senden.',
      },
      failed: {
        title: 'Das war nicht die Zahl',
        text: 'Die Anfrage ist beendet. Rufen Sie beim Helpdesk an, lassen Sie sich eine neue senden.',
      },
    },
    approvedElsewhere: 'Sie wurde schon bestätigt.',
    denied: { title: 'Abgelehnt', text: 'Niemand wurde angemeldet.' },
    reported: {
      title: 'Gemeldet',
      text: 'Die Anmeldung wurde abgewiesen und Ihre Administratoren wurden verständigt. Jemand kennt Ihr Kennwort: Ändern Sie es jetzt.',
    },
    expired: {
      title: 'Diese Anfrage ist abgelaufen',
      text: 'Niemand wurde angemeldet. Waren Sie es, wählen Sie auf der Anmeldeseite „Noch einmal senden“.',
    },
    failed: {
      title: 'Das war nicht die Zahl',
      text: 'Die Anfrage ist beendet und niemand wurde angemeldet. Waren Sie es, wählen Sie „Noch einmal senden“ und tippen Sie die neue Zahl ein.',
    },
    ended: {
      title: 'Diese Anfrage ist beendet',
      text: 'Sie wurde aufgegeben oder anderswo beantwortet. Es ist nichts mehr zu tun.',
    },
  },
  more: {
    settings: 'Einstellungen',
    settingsText: 'Anzeige, Sicherheit, Sicherung, Datenschutz, Über',
    help: 'Hilfe',
    helpText: 'Artikel, die auch ohne Netz da sind',
    introduction: 'Einführung noch einmal zeigen',
    introductionText: 'Was die App tut, auf drei Seiten',
  },
  settings: {
    title: 'Einstellungen',
    display: 'Anzeige',
    light: 'Hell',
    dark: 'Dunkel',
    system: 'System',
    languageTitle: 'Sprache',
    languageDevice: 'Wie auf diesem Gerät',
    security: 'Sicherheit',
    securityText: 'App-Sperre',
    backup: 'Sicherung',
    backupText: 'Sichern, wiederherstellen, aus anderen Apps übernehmen',
    privacy: 'Datenschutz',
    privacyText: 'Was geteilt wird und was gesendet wurde',
    about: 'Über',
    aboutText: 'Version, Nutzungsbedingungen, Datenschutz, Lizenzen',
    version: 'Version',
  },
  lock: {
    title: 'App-Sperre',
    unlockTitle: 'Die App ist gesperrt',
    unlock: 'Entsperren',
    intro:
      'Mit der App-Sperre öffnet sich die App erst, wenn Sie gezeigt haben, dass Sie es sind, und die Schlüssel Ihrer Codes sind damit versiegelt. Eine Anfrage in der Mitteilung abzulehnen geht weiter ohne.',
    turnOn: 'App-Sperre einschalten',
    turnOff: 'App-Sperre ausschalten',
    onDevice:
      'An. Die App und die Schlüssel Ihrer Codes öffnen sich mit Gesicht, Finger oder Gerätecode dieses Telefons.',
    onPasscode:
      'An. Sie öffnet sich mit einem eigenen Code, aus dem der Schlüssel Ihrer Codes gebildet wird.',
    off: 'Aus. Wer dieses Telefon öffnen kann, sieht Ihre Codes.',
    chooseHow: 'Womit soll sie sich öffnen?',
    byDevice: 'Mit Gesicht, Finger oder Gerätecode dieses Telefons',
    byDeviceText: 'Den Schlüssel, der Ihre Codes versiegelt, hält das Telefon selbst.',
    byPasscode: 'Mit einem Code nur für diese App',
    byPasscodeText:
      'Der Schlüssel, der Ihre Codes versiegelt, wird aus diesem Code gebildet. Wer ihn vergisst, bekommt ihn nicht wieder.',
    deviceCannot:
      'Dieses Telefon oder dieser Browser kann keinen Schlüssel für die App halten (die PRF-Erweiterung von WebAuthn fehlt), deshalb öffnet sich die Sperre mit einem eigenen Code.',
    warning:
      'Wird die Bildschirmsperre zurückgesetzt oder der Code vergessen, lassen sich die Codes auf diesem Gerät nicht mehr öffnen, auch von uns nicht. Machen Sie zuerst eine Sicherung.',
    passcode: 'Code der App',
    passcodeAgain: 'Noch einmal derselbe',
    passcodeShort: 'Der Code braucht mindestens 6 Zeichen.',
    passcodeDiffers: 'Die beiden sind nicht gleich.',
    passcodeWrong: 'Der Code ist falsch.',
    passcodeWait: (seconds) =>
      seconds < 90
        ? `Zu viele falsche Versuche. Versuchen Sie es in ${seconds} Sekunden wieder.`
        : `Zu viele falsche Versuche. Versuchen Sie es in ${Math.round(seconds / 60)} Minuten wieder.`,
    working: 'Einen Moment…',
    turnedOn: 'Die App-Sperre ist an.',
    turnedOff: 'Die App-Sperre ist aus.',
    lockAfter: 'Sperren, wenn die App weg war für',
    after: { at_once: 'Sofort', minute: '1 Minute', five: '5 Minuten' },
    lockNow: 'Jetzt sperren',
    requestWaits: (n) =>
      n === 1 ? 'Eine Anfrage wartet auf Ihre Antwort.' : `${n} Anfragen warten auf Ihre Antwort.`,
    forgotten: 'Sie öffnet sich nicht mehr',
    forgottenText:
      'Die Codes auf diesem Gerät lassen sich dann nicht mehr öffnen. Sie können sie entfernen und aus einer Sicherung wiederherstellen. Konten mit Push bleiben.',
    startOver: 'Codes und Sperre entfernen',
    startOverConfirm: 'Die Codes auf diesem Gerät entfernen?',
    startOverText: (n) =>
      `${n === 1 ? 'Ein Code wird' : `${n} Codes werden`} endgültig entfernt. Ohne Sicherung oder einen anderen Zugang beim jeweiligen Dienst kommen Sie dort vielleicht nicht mehr hinein.`,
  },
  verification: {
    title: 'Gesicht, Finger oder Gerätecode',
    cancelled:
      'Es wurde abgebrochen oder hat zu lange gedauert. Nichts ist entschieden. Versuchen Sie es noch einmal, wenn Sie so weit sind.',
    none: 'Dieses Telefon hat keine Bildschirmsperre. Richten Sie in den Einstellungen des Telefons einen Code, das Gesicht oder einen Fingerabdruck ein, kommen Sie zurück und versuchen Sie es noch einmal.',
    gone: 'Geschieht das jedes Mal, ist der Schlüssel, mit dem dieses Telefon zeigt, dass Sie es sind, vielleicht weg, etwa weil die Bildschirmsperre zurückgesetzt wurde. Entfernen Sie dieses Gerät im User Portal und registrieren Sie es neu, oder fragen Sie Ihre Administratoren.',
    help: 'Woran es liegen kann und was zu tun ist',
    unsupported:
      'Dieser Browser kann Gesicht, Finger oder Code des Telefons nicht benutzen. Öffnen Sie die App in Chrome unter Android oder in Safari unter iOS.',
    registered: 'Dieses Telefon ist schon registriert.',
    address: 'Diese Adresse kann Face ID, Fingerabdruck oder Gerätecode nicht benutzen.',
    failed: 'Ihr Telefon konnte nicht bestätigen, dass Sie es sind. Versuchen Sie es noch einmal.',
    denyInstead: 'Ablehnen können Sie auch ohne.',
    isSet:
      'Wenn Sie bestätigen, fragt dieses Telefon nach Gesicht, Finger oder Gerätecode, wo Ihre Organisation es will.',
    replace: 'Prüfung ersetzen',
    replaceText:
      'Auf diesem Telefon entsteht ein neuer Schlüssel, und der jetzige genehmigt ihn. Sie werden zweimal gefragt. Tun Sie das, wenn Sie geändert haben, wie das Telefon entsperrt wird.',
    replaced: 'Ersetzt. Ab jetzt wird nach dem neuen Schlüssel gefragt.',
    add: 'Prüfung hinzufügen',
    addText: (organization) =>
      `${organization} kann nach Gesicht, Finger oder Gerätecode fragen, wenn Sie bestätigen. Um das hinzuzufügen, melden Sie sich im User Portal an, öffnen Sie „Sicherheit“, wählen Sie bei diesem Telefon „Face ID, Fingerabdruck oder Gerätecode hinzufügen“ und scannen Sie den gezeigten Code.`,
    scan: 'Code scannen',
    adding: 'Ihr Telefon wird nach Gesicht, Finger oder Gerätecode fragen.',
    added: 'Hinzugefügt',
    addedText: 'Bestätigungen sind jetzt durch Gesicht, Finger oder Gerätecode geschützt.',
    addNow: 'Jetzt hinzufügen',
    isSetAlready:
      'Ihr Konto hat schon eine Prüfung von Gesicht, Finger oder Gerätecode. Um sie zu ersetzen, öffnen Sie hier das Konto.',
    noAccount:
      'Dieser Code ist für ein Konto, das nicht auf diesem Gerät ist. Scannen Sie ihn mit dem Telefon, das registriert ist.',
    whichTitle: 'Zu welchem Konto hinzufügen?',
    requiredMissingShort: 'Braucht eine Prüfung von Gesicht, Finger oder Code',
    requiredMissing:
      'Ihre Organisation verlangt eine Prüfung von Gesicht, Finger oder Gerätecode, und dieses Gerät hat keine: Es bekommt keine Anfragen, bis Sie eine hinzufügen.',
  },
  notification: {
    title: (resource) => `Bei ${resource} anmelden?`,
    titleProgram: (resource) => `${resource} fragt: Sind Sie es?`,
    titleHost: (host) => `Auf ${host} anmelden?`,
    titleVerification: (helpDesk) => `${helpDesk}: Rufen Sie an?`,
    verificationBody: 'Bestätigen Sie nur, wenn Sie selbst dort angerufen haben.',
    asUser: (localUser) => `als ${localUser}`,
    titleAct: (act) => `Sind Sie es? ${act}`,
    unusual: (facts) => `Noch nie benutzt: ${facts}`,
    testBody: 'Tippen Sie, um zu sehen, dass es funktioniert.',
    titleTest: 'Testanfrage',
    titleActivation: 'Einrichtung dieses Telefons abschließen',
    titleTransfer: 'Ein anderes Telefon will übernehmen',
    activationBody: 'Zum Abschließen tippen.',
    unknownBody: 'Öffnen Sie die App, um die Anfrage zu sehen.',
    ended: 'Diese Anfrage ist beendet',
    approve: 'Bestätigen',
    deny: 'Ablehnen',
    notDenied: 'Die Anfrage wurde nicht abgelehnt',
    notApproved: 'Die Anfrage wurde nicht bestätigt',
    hadExpired: 'Sie war abgelaufen.',
    hadEnded: 'Sie war schon beantwortet oder aufgegeben.',
    tryInApp: 'Öffnen Sie die App und versuchen Sie es noch einmal.',
  },
  backup: {
    title: 'Sicherung',
    intro:
      'Eine Sicherung ist eine Datei, verschlüsselt mit einem Passwort, das nur Sie kennen. Sie enthält Ihre Codes, nicht Ihre Konten mit Push: Deren Schlüssel verlassen dieses Telefon nie.',
    last: 'Letzte Sicherung',
    never: 'Noch keine',
    make: 'Sicherung machen',
    restore: 'Codes wiederherstellen oder übernehmen',
    restoreText: 'Aus einer Sicherung oder einer anderen App',
    nothing: 'Auf diesem Gerät sind noch keine Codes.',
    password: 'Passwort der Sicherung',
    passwordAgain: 'Noch einmal dasselbe',
    passwordShort: 'Das Passwort braucht mindestens 8 Zeichen.',
    passwordDiffers: 'Die beiden sind nicht gleich.',
    passwordHint: 'Ohne das Passwort kann niemand die Sicherung öffnen, auch wir nicht.',
    save: 'Sicherung speichern',
    making: 'Die Sicherung wird gemacht…',
    ready: 'Die Sicherung ist fertig. Speichern Sie sie dort, wo Sie sie ohne dieses Telefon finden.',
    cancelled: 'Sie wurde nicht gespeichert und gilt deshalb nicht als Sicherung.',
    download: 'Stattdessen herunterladen',
    unreadable: (n) =>
      n === 1
        ? 'Ein Code ist auf diesem Gerät nicht lesbar und wird nicht in der Datei sein:'
        : `${n} Codes sind auf diesem Gerät nicht lesbar und werden nicht in der Datei sein:`,
    made: (n) =>
      n === 1
        ? 'Die Sicherung mit 1 Code wurde Ihrem Gerät übergeben. Bewahren Sie sie so auf, dass Sie sie ohne dieses Telefon finden.'
        : `Die Sicherung mit ${n} Codes wurde Ihrem Gerät übergeben. Bewahren Sie sie so auf, dass Sie sie ohne dieses Telefon finden.`,
    fileName: 'countersign-sicherung',
    listName: 'countersign-codes',
    plain: 'Ohne Passwort, für eine andere App',
    plainShort: 'Als Liste oder als QR-Codes',
    plainText:
      'Andere Apps können unsere Sicherung nicht lesen. Sie lesen eine Liste von otpauth-Adressen oder die Codes von Google Authenticator.',
    plainWarning:
      'Wer diese Liste bekommt, kann Ihre Codes erzeugen. Löschen Sie sie, sobald die andere App sie hat.',
    plainList: 'Liste von otpauth-Adressen speichern',
    plainQr: 'Als QR-Codes zeigen',
    plainConfirm: 'Ohne Passwort speichern?',
    plainSaved: (n) =>
      n === 1
        ? 'Die Liste mit 1 Code wurde Ihrem Gerät übergeben. Löschen Sie sie, sobald die andere App sie hat.'
        : `Die Liste mit ${n} Codes wurde Ihrem Gerät übergeben. Löschen Sie sie, sobald die andere App sie hat.`,
    plainCancelled: 'Die Liste wurde nicht gespeichert.',
    plainQrConfirm: 'Alle Codes als QR-Codes zeigen?',
    plainQrWarning: 'Wer sie scannt, kann Ihre Codes erzeugen. Zeigen Sie sie sonst niemandem.',
    plainShow: 'Zeigen',
    qrPrevious: 'Voriger',
    qrPage: (n, of) => `Code ${n} von ${of}`,
    qrLeft: (n) =>
      n === 1
        ? 'Ein Konto passt nicht in dieses Format und wird ausgelassen:'
        : `${n} Konten passen nicht in dieses Format und werden ausgelassen:`,
  },
  import: {
    title: 'Codes übernehmen',
    intro:
      'Aus einer Countersign-Sicherung, Google Authenticator („Konten übertragen“), Aegis, 2FAS oder einer Liste von otpauth-Adressen. Sie sehen, was gefunden wurde, bevor etwas gespeichert wird.',
    scan: 'QR-Codes scannen',
    stopScanning: 'Kamera ausschalten',
    file: 'Datei wählen',
    picture: 'Aus einem Bild',
    paste: 'Text einfügen',
    pasteLabel: 'Adressen, je Zeile eine',
    read: 'Lesen',
    reading: 'Wird gelesen…',
    notLoaded:
      'Ein Teil der App konnte nicht geladen werden. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
    fileUnreadable:
      'Diese Datei ließ sich nicht öffnen. Kopieren Sie sie auf dieses Gerät und versuchen Sie es noch einmal.',
    pushCode: 'Dieser Code ist nicht zum Übernehmen. Scannen Sie ihn unter „Konto hinzufügen“.',
    sources: {
      countersign: 'Countersign-Sicherung',
      google: 'Google Authenticator',
      aegis: 'Aegis',
      '2fas': '2FAS',
      otpauth: 'otpauth-Adressen',
    },
    passwordTitle: (source) => `${source}: verschlüsselt`,
    password: 'Passwort der Datei',
    passwordNeeded: 'Geben Sie das Passwort ein, mit dem die Datei verschlüsselt wurde.',
    madeAt: 'gemacht am',
    open: 'Öffnen',
    opening: 'Wird geöffnet…',
    problems: {
      unknown_format:
        'Dieses Format kennt die App nicht. Sie kennt Sicherungen von Countersign, Aegis und 2FAS, Codes von Google Authenticator und otpauth-Adressen.',
      damaged:
        'Diese Datei ist beschädigt. Nichts wurde geändert. Exportieren Sie sie neu und versuchen Sie es noch einmal.',
      wrong_password: 'Das Passwort ist falsch. Nichts wurde geändert.',
      newer_version:
        'Diese Datei stammt von einer neueren Version. Aktualisieren Sie die App und versuchen Sie es noch einmal. Nichts wurde geändert.',
      too_large: 'Diese Datei ist zu groß für eine Sicherung von Codes.',
      empty: 'Es sind keine Konten darin.',
    },
    pages: (have, of) => `${have} von ${of} QR-Codes gescannt. Zeigen Sie den nächsten.`,
    pagesMissing: (have, of) =>
      `Nur ${have} von ${of} QR-Codes wurden gescannt. Was bisher gefunden wurde, lässt sich übernehmen; scannen Sie die anderen danach.`,
    otherBatch: 'Dieser Code gehört zu einem anderen Export. Um ihn zu übernehmen, fangen Sie neu an.',
    again: 'Dieser Code wurde schon gescannt.',
    onlyPages: 'Nur die Codes von Google Authenticator wurden genommen. Übernehmen Sie die anderen danach.',
    goOn: 'Ohne die anderen weiter',
    startAgain: 'Neu anfangen',
    previewTitle: 'Was gefunden wurde',
    found: (n) => (n === 1 ? '1 Konto' : `${n} Konten`),
    marks: {
      new: 'Neu',
      here: 'Schon auf diesem Gerät',
      twice: 'Zweimal in diesem Import',
      same_name: 'Unter demselben Namen ist ein anderer Schlüssel hier; beide bleiben',
      unreadable: 'Unter demselben Namen ist einer hier, der nicht lesbar ist; beide bleiben',
    },
    skipped: (n) =>
      n === 1 ? '1 Konto lässt sich nicht übernehmen:' : `${n} Konten lassen sich nicht übernehmen:`,
    skipReasons: {
      unsupported_algorithm: 'sein Verfahren hat diese App nicht',
      unsupported_type: 'Codes seiner Art kann diese App nicht erzeugen',
      bad_digits: 'seine Stellenzahl kann diese App nicht erzeugen',
      bad_period: 'seine Zeitspanne ist nicht verwendbar',
      name_too_long: 'sein Name ist länger, als ein Name sein muss',
      bad_counter: 'sein Zähler ist nicht lesbar',
      no_secret: 'es hat keinen Schlüssel',
      secret_not_base32: 'sein Schlüssel ist beschädigt',
      unreadable: 'es ist nicht lesbar',
    },
    include: (name) => `${name} übernehmen`,
    add: (n) => (n === 1 ? '1 Konto hinzufügen' : `${n} Konten hinzufügen`),
    adding: 'Wird hinzugefügt…',
    nothingNew: 'Alles darin ist schon auf diesem Gerät.',
    replace: 'Stattdessen alle Codes auf diesem Gerät ersetzen',
    replaceTitle: 'Alle Codes ersetzen?',
    replaceText: (gone, come) =>
      `${come === 1 ? '1 Konto' : `${come} Konten`} aus der Sicherung treten an die Stelle von allem, was hier ist. ${gone === 1 ? '1 Konto ist' : `${gone} Konten sind`} nicht in der Sicherung und dann weg.`,
    replaceConfirm: 'Ersetzen',
    done: (n) => (n === 1 ? '1 Konto wurde hinzugefügt.' : `${n} Konten wurden hinzugefügt.`),
    replaced: (n) =>
      n === 1
        ? 'Auf diesem Gerät ist jetzt das 1 Konto der Sicherung.'
        : `Auf diesem Gerät sind jetzt die ${n} Konten der Sicherung.`,
    leftOut: (n) => (n === 1 ? '1 Konto wurde ausgelassen.' : `${n} Konten wurden ausgelassen.`),
    deleteFile: 'War die Datei nicht verschlüsselt, löschen Sie sie jetzt.',
  },
  move: {
    title: 'Auf ein neues Telefon umziehen',
    intro: (organization) =>
      `Das neue Telefon übernimmt die Anmeldungen von ${organization}. Installieren Sie dort zuerst die App. Dieses Telefon funktioniert, bis das neue übernommen hat.`,
    withCodes: (n) => (n === 1 ? 'Meinen Code mitnehmen' : `Meine ${n} Codes mitnehmen`),
    withCodesText:
      'Sie reisen verschlüsselt; der Schlüssel ist nur im QR-Code. Sie bleiben auch auf diesem Telefon, bis Sie sie löschen.',
    start: 'QR-Code zeigen',
    starting: 'Wird vorbereitet…',
    needsKey:
      'Zum Umziehen braucht dieses Telefon eine Prüfung von Gesicht, Finger oder Gerätecode, damit niemand sonst Ihr Konto mitnehmen kann. Fügen Sie zuerst eine hinzu, oder registrieren Sie das neue Telefon im User Portal.',
    scan: 'Öffnen Sie die App auf dem neuen Telefon, tippen Sie auf „Konto hinzufügen“ und scannen Sie diesen Code. Er gilt 5 Minuten.',
    qr: 'QR-Code, der dieses Konto umzieht',
    enterInstead: 'Stattdessen Code eingeben',
    enterText:
      'Wählen Sie auf dem neuen Telefon „Stattdessen Code eingeben“. Codes kommen auf diesem Weg nicht mit; nehmen Sie dafür eine Sicherung.',
    server: 'Adresse des Servers',
    code: 'Code',
    left: (time) => `Noch ${time}`,
    showQr: 'Stattdessen QR-Code zeigen',
    enterTextOnly: 'Wählen Sie auf dem neuen Telefon „Stattdessen Code eingeben“.',
    unreadable: (n) =>
      n === 1
        ? 'Ein Code ist auf diesem Telefon nicht mehr lesbar und bleibt zurück.'
        : `${n} Codes sind auf diesem Telefon nicht mehr lesbar und bleiben zurück.`,
    underWay: 'Ein Umzug ist im Gang. Sein Code wird hier nicht mehr gezeigt, weil die App geschlossen war.',
    finishing: (name) => `„${name}“ schließt den Umzug ab.`,
    toAccount: 'Zum Konto',
    waiting: 'Wartet auf das neue Telefon…',
    approveNow: (name) => `„${name}“ hat den Code gescannt. Bestätigen Sie es hier.`,
    openRequest: 'Zur Anfrage',
    expired: 'Der Code ist abgelaufen. Nichts wurde umgezogen.',
    again: 'Neuen Code zeigen',
    stop: 'Aufhören',
    stopped: 'Aufgehört. Nichts wurde umgezogen.',
    doneHeading: (name) => `„${name}“ hat übernommen`,
    done: 'Dieses Telefon bestätigt für dieses Konto keine Anmeldungen mehr. Prüfen Sie, dass das neue funktioniert, und löschen Sie das Konto dann hier. Ihre Codes bleiben auf diesem Telefon, bis Sie sie löschen.',
    tooMany:
      'Das sind zu viele Codes, um auf diesem Weg mitzukommen. Machen Sie eine Sicherung und stellen Sie sie auf dem neuen Telefon wieder her.',
  },
  privacy: {
    title: 'Datenschutz',
    diagnostics: 'Diagnosedaten teilen',
    diagnosticsText: 'Fehler und wie lange etwas dauert, damit sie sich beheben lassen.',
    usage: 'Nutzungsdaten teilen',
    usageText: 'Wie oft Funktionen benutzt werden, damit die nützlichen besser werden.',
    never:
      'Nie enthalten sind Namen, Adressen, Konten, Codes oder Schlüssel. Die Daten gehen an den Server Ihrer Organisation und an niemanden sonst.',
    byDefault: 'Ihre Organisation hat gewählt, was anfangs an ist; Ihre Wahl hier gilt.',
    sentTitle: 'Was gesendet wurde',
    sentNone: 'Von diesem Gerät wurde noch nichts gesendet.',
    kinds: { diagnostic: 'Diagnosedaten', usage: 'Nutzungsdaten' },
    clear: 'Diese Liste leeren',
  },
  about: {
    title: 'Über',
    version: 'Version',
    server: 'Server',
    storage: 'Speicher',
    storagePersistent: 'Bleibt auf diesem Gerät, bis Sie ihn löschen',
    storageMay: 'Das Gerät darf ihn löschen, wenn der Platz knapp wird: Halten Sie eine Sicherung bereit',
    terms: 'Nutzungsbedingungen',
    privacyNotice: 'Datenschutzhinweise',
    licences: 'Lizenzen',
    licencesText: 'Die App ist mit diesen quelloffenen Paketen gebaut.',
    termsText: [
      'Countersign Authenticator gehört zu Countersign, das Ihre Organisation auf eigenen Servern betreibt. Benutzen Sie ihn nur für Konten, die Ihre eigenen sind.',
      'Halten Sie dieses Gerät gesperrt, geben Sie seine Codes nicht weiter und bestätigen Sie nur Anmeldungen, die Sie selbst begonnen haben. Melden Sie eine fremde Anfrage mit „Das war ich nicht“.',
      'Die App kommt ohne Gewährleistung. Bewahren Sie eine Sicherung Ihrer Codes auf und einen zweiten Zugang zu Diensten, die Ihnen wichtig sind.',
      'Daneben gelten die Regeln Ihrer Organisation für ihre Konten.',
    ],
    privacyText: [
      'Die App bewahrt auf diesem Gerät auf: Ihre Konten, die Schlüssel, die Ihre Antworten signieren (sie lassen sich nicht auslesen), die versiegelten Schlüssel Ihrer Codes und Ihre Einstellungen.',
      'An den Server Ihrer Organisation gehen: Ihre Antworten auf Anfragen, Name, Art und App-Version dieses Geräts und die Adresse, unter der ein Push es weckt. Der Push selbst ist verschlüsselt; der Push-Dienst des Browsers sieht nur, dass es einen gab.',
      'Codes anderer Dienste und ihre Schlüssel verlassen dieses Gerät nie, außer Sie machen eine Sicherung oder ziehen auf ein neues Telefon um; beides wird vorher verschlüsselt.',
      'Diagnose- und Nutzungsdaten werden nur gesendet, solange ihr Schalter an ist, enthalten nichts über Sie und sind unter Einstellungen, Datenschutz nachzulesen.',
      'Wird ein Konto hier gelöscht, werden seine Schlüssel entfernt, und der Server erfährt es.',
    ],
  },
  help: {
    title: 'Hilfe',
    notFound: 'Diesen Artikel gibt es nicht.',
    articles: {
      requests: article('Eine Anfrage beantworten', [
        'Wenn Sie sich bei der Arbeit anmelden, sendet die Anmeldeseite eine Anfrage an dieses Telefon. Öffnen Sie sie über die Mitteilung, oder öffnen Sie die App: Sie erscheint von selbst.',
        'Sehen Sie zuerst, was sie sagt: ob etwas ungewöhnlich ist, welche Anwendung fragt, von welchem Browser und Ort, und wann.',
        'Sind Sie es, wählen Sie Bestätigen. Wird eine Zahl verlangt, tippen Sie die ein, die die Anmeldeseite zeigt. Vielleicht fragt Ihr Telefon nach Gesicht, Finger oder Gerätecode.',
        'Sind Sie es nicht, wählen Sie Ablehnen. Versucht jemand anderes, sich als Sie anzumelden, wählen Sie „Das war ich nicht“: Ihre Administratoren werden verständigt, und Sie sollten sofort Ihr Kennwort ändern.',
        'Eine Anfrage lebt etwa eine Minute. Danach ist sie abgelaufen, und die Anmeldeseite bietet an, sie noch einmal zu senden.',
        'Eine Anmeldung auf einem Rechner (ssh, sudo, seine Konsole) fragt genauso: Sie sehen den Rechner, den Dienst, als wer Sie sich anmelden und von wo. Eine Zahl steht dann in der Eingabezeile.',
      ]),
      notifications: article('Es kommt keine Mitteilung', [
        'Zum Anmelden brauchen Sie keine Mitteilungen: Öffnen Sie die App, und die Anfrage ist da.',
        'Unter Android öffnen Sie die Einstellungen des Systems, Apps, Countersign (oder Ihren Browser), Benachrichtigungen, und erlauben sie. Der Energiesparmodus kann sie aufhalten: Lassen Sie die App ohne Einschränkungen laufen.',
        'Auf iPhone und iPad gibt es Mitteilungen nur für die App auf dem Home-Bildschirm (ab iOS 16.4). Öffnen Sie die Einstellungen des Systems, Mitteilungen, Countersign, und erlauben Sie sie. Ein Fokus kann sie verbergen.',
        'Öffnen Sie dann hier das Konto und wählen Sie „Test senden“.',
      ]),
      codes: article('Codes anderer Dienste', [
        'Suchen Sie beim Dienst nach der Bestätigung in zwei Schritten, wählen Sie eine Authenticator-App und scannen Sie den gezeigten QR-Code mit „Konto hinzufügen“. Gibt es keine Kamera, wählen Sie „Stattdessen Code eingeben“ und tippen Sie den Schlüssel ein.',
        'Ein Tippen auf den Code kopiert ihn; ein Tippen auf den Rest der Zeile zeigt Einzelheiten. Ist nur noch wenig Zeit, wird auch der nächste Code gezeigt.',
        'Nimmt ein Dienst Ihre Codes nicht an, prüfen Sie die Uhr dieses Telefons: Stellen Sie Datum und Uhrzeit auf automatisch.',
      ]),
      hosts: article('Codes für Rechner', [
        'Ein Rechner, auf dem Sie sich mit dieser App anmelden, kann die Verbindung zum Server verlieren. Dann fragt er nach einem Code mit acht Ziffern, statt eine Anfrage zu senden.',
        'Öffnen Sie hier Ihr Konto, wählen Sie „Codes für Rechner“ und tippen Sie den Code ein, der bei diesem Rechner steht. Er wechselt alle 30 Sekunden, und jeder gilt einmal. Das geht auch ohne Verbindung.',
        'Dort stehen die Rechner, auf denen Sie sich in den letzten 90 Tagen angemeldet haben. Die App holt sie, sooft sie mit Verbindung geöffnet wird; öffnen Sie sie also ab und zu.',
        'Sie sind in keiner Sicherung und kommen auf kein anderes Telefon mit: Ein registriertes Telefon bekommt seine eigenen vom Server.',
      ]),
      backup: article('Sicherungen', [
        'Die Codes liegen nur auf diesem Telefon. Machen Sie unter Mehr, Einstellungen, Sicherung eine Sicherung: eine Datei, verschlüsselt mit einem Passwort Ihrer Wahl. Bewahren Sie Datei und Passwort so auf, dass Sie sie ohne dieses Telefon finden.',
        'Zum Wiederherstellen wählen Sie auf dem neuen Telefon „Codes wiederherstellen oder übernehmen“. Sie sehen, was in der Sicherung ist, bevor etwas gespeichert wird.',
        'Konten mit Push sind nicht in der Sicherung, weil ihre Schlüssel dieses Telefon nicht verlassen können. Ziehen Sie sie mit „Auf ein neues Telefon umziehen“ um, oder registrieren Sie das neue Telefon im User Portal.',
      ]),
      move: article('Auf ein neues Telefon umziehen', [
        'Solange Sie das alte Telefon noch haben: Öffnen Sie dort das Konto, wählen Sie „Auf ein neues Telefon umziehen“ und scannen Sie den QR-Code mit der App auf dem neuen. Bestätigen Sie auf dem alten Telefon. Ihre Codes können im selben Schritt mitkommen.',
        'Ohne das alte Telefon siehe „Mein Telefon ist verloren“.',
        'Codes einer anderen App (Google Authenticator, Aegis, 2FAS) kommen unter „Konto hinzufügen“ mit „Aus einer anderen App oder einer Sicherung“ herüber.',
      ]),
      lost: article('Mein Telefon ist verloren', [
        'Melden Sie sich mit einem anderen Faktor im User Portal an, wenn Sie einen haben, öffnen Sie „Sicherheit“ und entfernen Sie das verlorene Telefon: Von da an kann es nichts mehr bestätigen. Registrieren Sie dann dort das neue Telefon.',
        'Können Sie sich nicht anmelden, fragen Sie Ihre Administratoren oder den Helpdesk. Sie können das Telefon entfernen und geben Ihnen einen einmaligen Code, mit dem Sie das neue registrieren.',
        'Stellen Sie die Codes anderer Dienste aus Ihrer Sicherung wieder her. Gibt es keine, benutzen Sie die Wiederherstellungscodes der Dienste.',
        'Wer das Telefon findet, kann es ohne seine Bildschirmsperre nicht öffnen. Mit der App-Sperre sind die Codes auch vor jemandem versiegelt, der das Telefon geöffnet hat.',
      ]),
      verification: article('Gesicht, Finger oder Gerätecode wird nicht angenommen', [
        'Die Prüfung benutzt die Bildschirmsperre dieses Telefons. Ist keine eingerichtet, richten Sie in den Einstellungen des Telefons eine ein und versuchen Sie es noch einmal.',
        'Haben Sie abgebrochen oder zu lange gewartet, wählen Sie noch einmal Bestätigen.',
        'Nach dem Zurücksetzen der Bildschirmsperre oder des Telefons ist der Schlüssel vielleicht weg. Entfernen Sie dieses Gerät im User Portal und registrieren Sie es neu; geht das nicht, fragen Sie Ihre Administratoren.',
        'Ablehnen können Sie eine Anfrage ohne diese Prüfung.',
      ]),
      lock: article('Die App-Sperre', [
        'Unter Mehr, Einstellungen, Sicherheit können Sie die App sperren. Sie öffnet sich dann erst nach Gesicht, Finger oder Code, und die Schlüssel Ihrer Codes sind damit versiegelt.',
        'Wo der Browser dieses Telefons einen solchen Schlüssel halten kann, tut er es. Sonst wählen Sie einen Code für die App; der Schlüssel wird dann daraus gebildet, und nach falschen Versuchen warten Sie jedes Mal länger.',
        'Machen Sie zuerst eine Sicherung. Wird die Bildschirmsperre des Telefons zurückgesetzt oder der Code vergessen, lassen sich die Codes nicht mehr öffnen.',
      ]),
      offline: article('Ohne Verbindung', [
        'Die App öffnet sich ohne Verbindung, und Codes entstehen wie immer. Anfragen brauchen den Server: Ohne Verbindung melden Sie sich mit einem Code oder einem anderen Faktor an, wo Ihre Organisation es erlaubt.',
        'Für einen Rechner, der den Server auch nicht erreicht, siehe „Codes für Rechner“.',
      ]),
    } satisfies Articles,
  },
};

export default texts;
