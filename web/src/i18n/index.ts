import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type en from './en.json';

/** English is the reference: a key missing in another language does not type-check. */
export type Translations = typeof en;

const loaders = {
  en: () => import('./en.json'),
  'zh-CN': () => import('./zh.json'),
} satisfies Record<string, () => Promise<{ default: Translations }>>;

export type Language = keyof typeof loaders;

export const languageNames: Record<Language, string> = { en: 'English', 'zh-CN': '简体中文' };

const STORED = 'one-api.language';

export async function startTranslations(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .init({ fallbackLng: false, interpolation: { escapeValue: false }, resources: {} });
  await changeLanguage(preferred());
}

/** Each language is a chunk of its own, loaded when it is chosen. */
export async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    const { default: translations } = await loaders[language]();
    i18next.addResourceBundle(language, 'translation', translations);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  await changeLanguage(language);
}

function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored && stored in loaders) return stored as Language;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
