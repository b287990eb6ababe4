import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A real mail server on the loopback, which keeps what it gets. */
export interface MailServer extends AsyncDisposable {
  /** For SMTP_URL. */
  readonly url: string;
  readonly received: { to: string[]; message: string }[];
  /** Takes no mail as long as it is true: "451 try later". */
  refusing: boolean;
  /** Of the mails so far, in order: the links whose path is `path`, such as `/reset`. */
  links(path: string): string[];
}

export async function startMailServer(): Promise<MailServer> {
  const received: MailServer['received'] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_address, _session, done) =>
      done(mail.refusing ? Object.assign(new Error('try later'), { responseCode: 451 }) : null),
    onData(stream, session, done) {
      const keep = async () => {
        const message = await text(stream);
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), message });
        done();
      };
      void keep();
    },
  });
  await once(smtp.listen(0, '127.0.0.1'), 'listening');
  const mail: MailServer = {
    url: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    received,
    refusing: false,
    links: (path) =>
      received.flatMap(({ message }) => {
        // Soft line ends and the equals sign (RFC 2045 section 6.7).
        const plain = message.replace(/=\r\n/g, '').replaceAll('=3D', '=');
        return new RegExp(`https?://[^\\s"<]+${path}#token=[\\w-]+`).exec(plain)?.slice(0, 1) ?? [];
      }),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => smtp.close(() => resolve())),
  };
  return mail;
}
