/** What a console must know before anybody has signed in. */
export class StatusDto {
  name: string;

  version: string;

  /** False: nobody can sign in yet, `POST /api/setup` comes first. */
  initialized: boolean;

  registrationEnabled: boolean;

  loginMethods: string[];
}
