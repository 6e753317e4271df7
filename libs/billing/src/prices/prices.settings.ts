import { boolean, defineSettings } from '@app/config';

export const priceSettings = defineSettings('billing', {
  allowUnpriced: boolean({
    default: false,
    help: {
      en: 'Serve models that have no price, free of charge. Off: calls to them are refused.',
      zh: '允许调用没有定价的模型（免费）。关闭时，此类调用会被拒绝。',
    },
  }),
});
