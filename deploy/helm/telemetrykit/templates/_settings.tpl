{{/* The server's settings as environment variables. The api, silos and the migration Job get the same, because each validates all. */}}

{{/* The content of the Secret that the chart creates; empty if there is nothing to put into one. */}}
{{- define "telemetrykit.secretData" -}}
{{- $names := dict
  "serverSecret" "TELEMETRYKIT_SECRET"
  "previousServerSecret" "TELEMETRYKIT_SECRET_PREVIOUS"
  "metricsToken" "TELEMETRYKIT_METRICS_TOKEN"
  "operatorToken" "TELEMETRYKIT_OPERATOR_TOKEN"
  "bootstrapKey" "TELEMETRYKIT_BOOTSTRAP_KEY"
  "bootstrapReadKey" "TELEMETRYKIT_BOOTSTRAP_READ_KEY"
  "smtp" "TELEMETRYKIT_SMTP"
  "githubClientSecret" "TELEMETRYKIT_GITHUB_CLIENT_SECRET"
  "stripeSecretKey" "TELEMETRYKIT_STRIPE_SECRET_KEY"
  "stripeWebhookSecret" "TELEMETRYKIT_STRIPE_WEBHOOK_SECRET" }}
{{- range $key, $name := $names }}
{{- with index $.Values.secrets $key }}
{{ $name }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .Values.database.url }}
TELEMETRYKIT_POSTGRES: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The name of the Secret with the server's secret and tokens. */}}
{{- define "telemetrykit.secretName" -}}
{{- .Values.secrets.existingSecret | default (include "telemetrykit.fullname" .) }}
{{- end }}

{{/*
The variables. "secret" is the Secret that the chart creates: the release's own, or the copy for the Job, which runs before the release's
objects exist.
*/}}
{{- define "telemetrykit.env" -}}
{{- $values := .root.Values }}
- name: ASPNETCORE_URLS
  value: http://+:8080
{{- /* Without a mail server, mails are files in this folder. The root file system is read-only. */}}
- name: TELEMETRYKIT_DATA
  value: /tmp/telemetrykit
{{- if $values.postgresql.enabled }}
- name: POSTGRES_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ $values.postgresql.auth.existingSecret | default (printf "%s-postgresql" (include "telemetrykit.fullname" .root)) }}
      key: {{ $values.postgresql.auth.existingSecret | empty | ternary "password" $values.postgresql.auth.existingSecretKey }}
- name: TELEMETRYKIT_POSTGRES
  value: Host={{ include "telemetrykit.fullname" .root }}-postgresql;Username=telemetrykit;Password="$(POSTGRES_PASSWORD)";Database=telemetrykit
{{- else }}
- name: TELEMETRYKIT_POSTGRES
  valueFrom:
    secretKeyRef:
      {{- if $values.database.url }}
      name: {{ .secret }}
      key: TELEMETRYKIT_POSTGRES
      {{- else }}
      name: {{ $values.database.existingSecret | default $values.secrets.existingSecret }}
      key: {{ $values.database.existingSecretKey }}
      {{- end }}
{{- end }}
{{- with $values.settings }}
- name: Logging__Console__FormatterName
  value: {{ .logFormat }}
- name: Logging__LogLevel__Default
  value: {{ .logLevel }}
{{- if .hosted }}
- name: TELEMETRYKIT_HOSTED
  value: "true"
{{- end }}
{{- range $key, $name := dict
  "publicUrl" "TELEMETRYKIT_PUBLIC_URL"
  "mailFrom" "TELEMETRYKIT_MAIL_FROM"
  "githubClientId" "TELEMETRYKIT_GITHUB_CLIENT_ID"
  "githubUrl" "TELEMETRYKIT_GITHUB_URL"
  "otlpEndpoint" "OTEL_EXPORTER_OTLP_ENDPOINT" }}
{{- with index $values.settings $key }}
- name: {{ $name }}
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .trustedProxies }}
- name: TELEMETRYKIT_TRUSTED_PROXIES
  value: {{ join "," . | quote }}
{{- end }}
{{- range $key, $name := dict
  "stripeTax" "TELEMETRYKIT_STRIPE_TAX"
  "warmUp" "TELEMETRYKIT_WARM_UP"
  "orleansDashboard" "TELEMETRYKIT_ORLEANS_DASHBOARD" }}
{{- if index $values.settings $key }}
- name: {{ $name }}
  value: "true"
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The Secrets whose keys are all variables. */}}
{{- define "telemetrykit.envFrom" -}}
{{- with .root.Values.secrets.existingSecret }}
- secretRef:
    name: {{ . }}
{{- end }}
{{- if include "telemetrykit.secretData" .root }}
- secretRef:
    name: {{ .secret }}
{{- end }}
{{- with .root.Values.extraEnvFrom }}
{{ toYaml . }}
{{- end }}
{{- end }}
