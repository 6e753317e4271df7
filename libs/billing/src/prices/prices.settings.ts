import { boolean, defineSettings } from '@app/config';

export const priceSettings = defineSettings('billing', {
  allowUnpriced: boolean({
    default: false,
    help: {
      en: 'Serve models that have no price, free of charge. Off: calls to them are refused.',
      zh: '允许调用没有定价的模型（免费）。关闭时，此类调用会被拒绝。',
    },
  }),
  importFromPrivate: boolean({
    default: false,
    help: {
      en: 'Let price lists be fetched from addresses of private networks and this machine, such as another One API beside this one.',
      zh: '允许从内网或本机地址获取价格表，例如旁边的另一个 One API。',
    },
  }),
});
