import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { api, read, setCsrfToken, type Schemas } from '../../api/client'
import { reloadSession } from '../../api/session'
import { CopyText } from '../../ui/CopyText'
import { Field } from '../../ui/Field'
import { Panel, PanelForm } from '../../ui/Panel'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'
import type { Me } from './Account'
import { PasswordOf } from './Password'

// Only those who turn it on need it.
const QrCode = lazy(() => import('./QrCode'))

/** The second factor: an authenticator app, and recovery codes for the day when the phone is lost. */
export function SecondFactor({ me }: { me: Me }) {
  const queries = useQueryClient()
  const [codes, setCodes] = useState<string[]>()
  const showCodes = async ({ recovery_codes, csrf_token }: Schemas['RecoveryCodesBody']) => {
    setCsrfToken(csrf_token)
    setCodes(recovery_codes)
    await reloadSession(queries)
  }
  return (
    <Panel
      title="Second factor"
      about={
        me.totp_enabled
          ? `On: a sign-in needs a code of your authenticator app. ${me.recovery_codes_left} recovery codes are left.`
          : 'Off. With it, a sign-in needs a code of an authenticator app as well, so that a stolen password isn’t enough.'
      }
    >
      {codes && <Codes codes={codes} onDone={() => setCodes(undefined)} />}
      {!codes && (me.totp_enabled ? <Manage me={me} onCodes={showCodes} /> : <Enable me={me} onCodes={showCodes} />)}
    </Panel>
  )
}

interface StepProps {
  me: Me
  onCodes: (body: Schemas['RecoveryCodesBody']) => Promise<void>
}

function Enable({ me, onCodes }: StepProps) {
  const begin = useMutation({
    mutationFn: (form: FormData) => read(api.POST('/v1/me/totp', { body: { password: text(form, 'password') || null } })),
  })
  const confirm = useMutation({
    mutationFn: (form: FormData) => read(api.POST('/v1/me/totp/confirm', { body: { code: text(form, 'code') } })),
    onSuccess: onCodes,
  })
  if (!begin.data) {
    return (
      <PanelForm action="Turn it on" isBusy={begin.isPending} error={begin.error} onSubmit={(form) => begin.mutate(form)}>
        <PasswordOf me={me} error={begin.error} />
      </PanelForm>
    )
  }
  return (
    <PanelForm action="Confirm" isBusy={confirm.isPending} error={confirm.error} onSubmit={(form) => confirm.mutate(form)}>
      <p className="mt-3 mb-2">Scan this code with the app.</p>
      <Suspense fallback={<div className="skeleton size-48" />}>
        <QrCode text={begin.data.uri} label="QR code for the app" />
      </Suspense>
      <p className="mt-3 mb-2">
        Or enter the secret in the app, or{' '}
        <a href={begin.data.uri} className="link">
          open the app on this device
        </a>
        .
      </p>
      <CopyText text={begin.data.secret} label="The secret" />
      <Field
        label="Code of the app"
        name="code"
        inputMode="numeric"
        pattern="[0-9 ]{6,7}"
        autoComplete="one-time-code"
        required
        autoFocus
        fault={faultsOf(confirm.error).code}
      />
    </PanelForm>
  )
}

function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <div className="mt-3 max-w-xl" role="status">
      <p className="mb-2 font-medium">Keep these recovery codes where your phone isn’t. They are shown once, and each works once.</p>
      <CopyText text={codes.join('\n')} label="Recovery codes" />
      <button type="button" className="button button-main mt-3" onClick={onDone}>
        I have them
      </button>
    </div>
  )
}

function Manage({ me, onCodes }: StepProps) {
  const queries = useQueryClient()
  const toast = useToast()
  const body = (form: FormData) => {
    const code = text(form, 'code').replaceAll(' ', '')
    const isOfApp = /^\d{6}$/.test(code)
    return {
      password: text(form, 'password') || null,
      code: isOfApp ? code : null,
      recovery_code: isOfApp ? null : text(form, 'code').trim(),
    }
  }
  const replace = useMutation({
    mutationFn: (form: FormData) => read(api.POST('/v1/me/recovery-codes', { body: body(form) })),
    onSuccess: onCodes,
  })
  const disable = useMutation({
    mutationFn: (form: FormData) => read(api.POST('/v1/me/totp/disable', { body: body(form) })),
    onSuccess: async ({ csrf_token }) => {
      setCsrfToken(csrf_token)
      toast('The second factor is off')
      await reloadSession(queries)
    },
  })
  const [turnsOff, setTurnsOff] = useState(false)
  const action = turnsOff ? disable : replace
  return (
    <PanelForm
      action={turnsOff ? 'Turn it off' : 'Create new recovery codes'}
      isBusy={action.isPending}
      error={action.error}
      look={turnsOff ? 'danger' : 'quiet'}
      onSubmit={(form) => action.mutate(form)}
    >
      <fieldset className="mt-3 flex flex-wrap gap-4">
        <legend className="sr-only">What to do</legend>
        <label className="flex items-center gap-2">
          <input type="radio" name="what" checked={!turnsOff} onChange={() => setTurnsOff(false)} /> New recovery codes
        </label>
        <label className="flex items-center gap-2">
          <input type="radio" name="what" checked={turnsOff} onChange={() => setTurnsOff(true)} /> Turn it off
        </label>
      </fieldset>
      <PasswordOf me={me} error={action.error} />
      <Field
        label="Code of the app, or a recovery code"
        name="code"
        autoComplete="one-time-code"
        required
        fault={faultsOf(action.error).code ?? faultsOf(action.error).recovery_code}
      />
    </PanelForm>
  )
}
