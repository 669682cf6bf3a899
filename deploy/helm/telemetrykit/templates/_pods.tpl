{{/* What all pods of the server have: no access to the Kubernetes API, no rights, and a read-only root file system. */}}
{{- define "telemetrykit.podSpec" -}}
automountServiceAccountToken: false
{{- /* Kubernetes would set variables such as TELEMETRYKIT_PORT for each Service, which the server refuses as unknown settings. */}}
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end }}

{{- define "telemetrykit.volumes" -}}
- name: tmp
  emptyDir: {}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "telemetrykit.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "telemetrykit.apiImage" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* "member", "client" or "off" for a component. */}}
{{- define "telemetrykit.role" -}}
{{- if ne .root.Values.cluster.mode "orleans" -}}
off
{{- else if or (eq .component "silo") (not .root.Values.silo.enabled) -}}
member
{{- else -}}
client
{{- end }}
{{- end }}

{{/* The Deployment of a component, "api" or "silo". */}}
{{- define "telemetrykit.deployment" -}}
{{- $root := .root }}
{{- $workload := index $root.Values .component }}
{{- $role := include "telemetrykit.role" . }}
{{- $secret := dict "root" $root "secret" (include "telemetrykit.fullname" $root) }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "telemetrykit.fullname" $root }}-{{ .component }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "telemetrykit.labels" . | nindent 4 }}
spec:
  {{- if not $workload.autoscaling.enabled }}
  replicas: {{ $workload.replicas }}
  {{- end }}
  minReadySeconds: {{ $workload.minReadySeconds }}
  revisionHistoryLimit: 5
  # A rollout never has fewer ready pods than before it.
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "telemetrykit.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "telemetrykit.labels" . | nindent 8 }}
        {{- with $workload.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .component }}
        # A change of the Secret that the chart creates replaces the pods.
        checksum/secret: {{ include "telemetrykit.secretData" $root | sha256sum }}
        {{- with $workload.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "telemetrykit.serviceAccount" $root }}
      {{- include "telemetrykit.podSpec" $root | nindent 6 }}
      # The time before SIGTERM, and the 10 seconds within which the server exits after it.
      terminationGracePeriodSeconds: {{ $workload.terminationGracePeriodSeconds }}
      {{- with $workload.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $workload.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $workload.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $workload.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- if $workload.topologySpreadConstraints }}
        {{- toYaml $workload.topologySpreadConstraints | nindent 8 }}
        {{- else }}
        {{- $component := . }}
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "telemetrykit.selector" $component | nindent 14 }}
          # Counts the pods of one version only, so that a rollout ends with an even spread.
          matchLabelKeys: [pod-template-hash]
        {{- end }}
        {{- end }}
      containers:
        - name: {{ .component }}
          {{- if eq .component "silo" }}
          image: "{{ $workload.image.repository }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}"
          {{- else }}
          image: {{ include "telemetrykit.apiImage" $root | quote }}
          {{- end }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext:
            {{- toYaml $root.Values.securityContext | nindent 12 }}
          env:
            {{- include "telemetrykit.env" $secret | trim | nindent 12 }}
            - name: TELEMETRYKIT_CLUSTER
              value: {{ $role | quote }}
            {{- if eq $role "member" }}
            - name: TELEMETRYKIT_SILO_PORT
              value: "11111"
            - name: POD_IP
              valueFrom:
                fieldRef:
                  fieldPath: status.podIP
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            {{- end }}
            {{- if eq .component "silo" }}
            - name: TELEMETRYKIT_GATEWAY_PORT
              value: "30000"
            {{- end }}
            {{- with $root.Values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with include "telemetrykit.envFrom" $secret }}
          envFrom:
            {{- . | trim | nindent 12 }}
          {{- end }}
          ports:
            - name: http
              containerPort: 8080
            {{- if eq $role "member" }}
            - name: silo
              containerPort: 11111
            {{- end }}
            {{- if eq .component "silo" }}
            - name: gateway
              containerPort: 30000
            {{- end }}
          lifecycle:
            preStop:
              # Proxies stop sending requests to the pod before SIGTERM. The image has no shell.
              sleep:
                seconds: {{ $workload.preStopSleepSeconds }}
          startupProbe:
            httpGet:
              path: /health/ready
              port: http
            {{- toYaml $workload.startupProbe | nindent 12 }}
          readinessProbe:
            httpGet:
              path: /health/ready
              port: http
            {{- toYaml $workload.readinessProbe | nindent 12 }}
          # It doesn't depend on the database or the cluster: their outage must not restart the pods.
          livenessProbe:
            httpGet:
              path: /health/live
              port: http
            {{- toYaml $workload.livenessProbe | nindent 12 }}
          resources:
            {{- toYaml $workload.resources | nindent 12 }}
          volumeMounts:
            {{- include "telemetrykit.volumeMounts" $root | nindent 12 }}
      volumes:
        {{- include "telemetrykit.volumes" $root | nindent 8 }}
{{- end }}
