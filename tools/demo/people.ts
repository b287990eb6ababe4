import type { Role } from '@countersign/protocol/wire';

/** Who is in the demonstration's organisation. Everybody's address is of a domain that nobody has (RFC 2606). */
export interface DemoPerson {
  login: string;
  name: string;
  role: Role;
  /** `phone`: signs in with one; `invited`: has not answered; `password`: was given one and never came. */
  begins: 'phone' | 'invited' | 'password';
}

const person = (name: string, role: Role = 'user', begins: DemoPerson['begins'] = 'phone'): DemoPerson => ({
  login: name.toLowerCase().replace(' ', '.'),
  name,
  role,
  begins,
});

export const owner = person('Olga Lindqvist', 'owner');

/** For whoever looks: they have never signed in, so that they enrol the phone that they choose. */
export const visitors: DemoPerson[] = [
  person('Vera Visitor', 'owner', 'password'),
  person('Hugo Visitor', 'help_desk', 'password'),
  person('Una Visitor', 'user', 'password'),
];

export const people: DemoPerson[] = [
  person('Adam Berg', 'admin'),
  person('Ines Carvalho', 'admin'),
  person('Helga Dahl', 'help_desk'),
  person('Henri Evans', 'help_desk'),
  person('Rita Ferrari', 'read_only'),
  ...[
    'Ada Novak',
    'Ben Okafor',
    'Chiara Ricci',
    'Daniel Sato',
    'Elif Demir',
    'Farid Haddad',
    'Grace Mensah',
    'Hana Kim',
    'Ivan Petrov',
    'Julia Weber',
    'Karim Aziz',
    'Lena Fischer',
    'Marco Silva',
    'Nadia Popescu',
    'Oscar Lund',
    'Priya Nair',
    'Quentin Roux',
    'Rosa Marin',
    'Samir Khan',
    'Tara Byrne',
    'Umar Diallo',
    'Viktor Horvat',
    'Wanda Kowalska',
    'Xenia Pappas',
    'Yusuf Kaya',
    'Zoe Martin',
  ].map((name) => person(name)),
  ...['Anton Vogel', 'Bianca Costa', 'Cyril Blanc'].map((name) => person(name, 'user', 'invited')),
  ...['Dora Simic', 'Emil Hansen'].map((name) => person(name, 'user', 'password')),
];

/** Groups, with the logins of who is in them. */
export const groups: { name: string; logins: string[] }[] = [
  {
    name: 'Finance',
    logins: ['olga.lindqvist', 'ines.carvalho', 'ada.novak', 'grace.mensah', 'lena.fischer', 'una.visitor'],
  },
  {
    name: 'Warehouse',
    logins: [
      'ben.okafor',
      'farid.haddad',
      'ivan.petrov',
      'karim.aziz',
      'marco.silva',
      'rosa.marin',
      'tara.byrne',
    ],
  },
];
