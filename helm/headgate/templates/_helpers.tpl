{{- define "headgate.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 50: the longest suffix is "-management", and Kubernetes names end at 63. */}}
{{- define "headgate.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "headgate.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "headgate.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "headgate.selectorLabels" -}}
app.kubernetes.io/name: {{ include "headgate.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "headgate.labels" -}}
{{ include "headgate.selectorLabels" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "headgate.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "headgate.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "headgate.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "headgate.policyConfigMap" -}}
{{- .Values.policy.existingConfigMap | default (printf "%s-policy" (include "headgate.fullname" .)) -}}
{{- end -}}

{{/* The gateway's application.yaml. What values.config says wins. */}}
{{- define "headgate.application" -}}
{{- $store := dict "type" .Values.store.type -}}
{{- if eq .Values.store.type "hazelcast" -}}
{{- $_ := set $store "hazelcast" (dict "port" 5701 "kubernetes-service" (printf "%s-members" (include "headgate.fullname" .))) -}}
{{- else -}}
{{- $redis := dict "address" (join "," .Values.store.redis.addresses) "mode" .Values.store.redis.mode -}}
{{- if eq .Values.store.redis.mode "sentinel" -}}
{{- $_ := set $redis "master" .Values.store.redis.master -}}
{{- end -}}
{{- $_ := set $store "redis" $redis -}}
{{- end -}}
{{- $auth := dict -}}
{{- with .Values.auth.jwt -}}
{{- $_ := set $auth "jwt" (dict "issuer" .issuer "audience" .audience "jwk-set-uri" .jwkSetUri) -}}
{{- end -}}
{{- if .Values.auth.apiKeys.existingSecret -}}
{{- $_ := set $auth "api-keys" (printf "/etc/headgate/api-keys/%s" .Values.auth.apiKeys.key) -}}
{{- end -}}
{{- $backends := dict -}}
{{- range $name, $backend := .Values.backends -}}
{{- $_ := set $backends $name (dict "uri" (required (printf "backends.%s.uri is required, for example http://%s.media.svc:8080" $name $name) $backend.uri)) -}}
{{- end -}}
{{- $headgate := dict "policy" "/etc/headgate/policy" "store" $store "backends" $backends -}}
{{- if $auth -}}
{{- $_ := set $headgate "auth" $auth -}}
{{- end -}}
{{- $application := dict
  "server" (dict "port" 8080 "shutdown" "graceful")
  "spring" (dict "lifecycle" (dict "timeout-per-shutdown-phase" (printf "%ds" (int .Values.shutdown.drainSeconds))))
  "management" (dict
    "server" (dict "port" 8081 "address" "0.0.0.0")
    "endpoint" (dict "health" (dict "probes" (dict "enabled" true))))
  "headgate" $headgate -}}
{{- range $setting, $file := .Values.secretFiles -}}
{{- $_ := set $application $setting (printf "/etc/headgate/files/%s/%s" $setting $file.key) -}}
{{- end -}}
{{- mergeOverwrite $application (deepCopy .Values.config) | toYaml -}}
{{- end -}}
