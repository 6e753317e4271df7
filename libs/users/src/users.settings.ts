import { boolean, defineSettings } from '@app/config';

export const usersSettings = defineSettings('users', {
  registrationEnabled: boolean({
    default: false,
    help: {
      en: 'Anybody who reaches the console may create an account with the role user.',
      zh: '任何能访问控制台的人都可以自行注册普通用户账号。',
    },
  }),
});
