import { Button, Input, PasswordInput, PinInput, Stack, Text, TextInput } from '@mantine/core';
import { hasLength, useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, dataOf } from '@/api/client';
import { ApiError } from '@/api/problem';
import { session } from '@/api/session';
import type { Credentials } from '@/api/types';
import { useSubmit } from '@/shared/hooks/use-submit';
import { statusQuery } from '@/shared/status.query';
import { AnchorLink } from '@/shared/ui/links';
import { ProblemAlert } from '@/shared/ui/problem-alert';
import { Welcome } from '@/shared/ui/welcome';

const route = getRouteApi('/login');

export function LoginPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const { next } = route.useSearch();
  const { data: status } = useQuery(statusQuery);
  const [otpAsked, setOtpAsked] = useState(false);
  const form = useForm({
    initialValues: { username: '', password: '', otp: '' },
    validate: {
      username: hasLength({ min: 1 }, t('form.required')),
      password: hasLength({ min: 1 }, t('form.required')),
    },
  });
  const submit = useSubmit(form, async ({ username, password, otp }) => {
    const outcome = await signIn({ username, password, ...(otp && { otp }) });
    if (outcome === 'signed-in') return router.history.push(next ?? '/');
    if (outcome === 'refused') return form.setFieldError('password', t('login.refused'));
    setOtpAsked(true);
    if (otp) form.setFieldError('otp', t('login.otpWrong'));
  });

  return (
    <Welcome title={t('login.title')} hint={t('login.hint')}>
      <form onSubmit={submit.onSubmit} noValidate>
        <Stack>
          <ProblemAlert problem={submit.problem} />
          <TextInput
            label={t('field.username')}
            autoComplete="username"
            required
            autoFocus
            {...form.getInputProps('username')}
          />
          <PasswordInput
            label={t('field.password')}
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          {otpAsked && (
            <Input.Wrapper label={t('field.otp')} description={t('login.otpHint')} error={form.errors.otp}>
              <PinInput
                length={6}
                type="number"
                oneTimeCode
                autoFocus
                mt={6}
                aria-label={t('field.otp')}
                value={form.values.otp}
                onChange={(otp) => form.setFieldValue('otp', otp)}
              />
            </Input.Wrapper>
          )}
          <Button type="submit" size="md" mt="xs" loading={submit.pending}>
            {t('login.submit')}
          </Button>
        </Stack>
      </form>
      {status?.registrationEnabled && (
        <Text size="sm" mt="lg">
          <AnchorLink to="/register">{t('login.toRegister')}</AnchorLink>
        </Text>
      )}
    </Welcome>
  );
}

async function signIn(body: Credentials): Promise<'signed-in' | 'otp-required' | 'refused'> {
  try {
    session.begin(await dataOf(api.POST('/api/auth/login', { body })));
    return 'signed-in';
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    return error.code === 'otp_required' ? 'otp-required' : 'refused';
  }
}
