{{- /* Labels of every object; the second argument is the component. */ -}}
{{- define "whistler.labels" -}}
app.kubernetes.io/name: whistler
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- /* Labels by which pods are selected; they never change. */ -}}
{{- define "whistler.selector" -}}
app.kubernetes.io/name: whistler
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- /* The image of a component. */ -}}
{{- define "whistler.image" -}}
{{ printf "%s/%s:%s" .root.Values.image.repository .component (default .root.Chart.AppVersion .root.Values.image.tag) }}
{{- end -}}

{{- /* Name of cluster-scoped objects: two releases must not share them. */ -}}
{{- define "whistler.clusterName" -}}
{{ printf "%s-%s" .Release.Namespace .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end -}}

{{- /* User name of the agents' account, as admission policies see it. */ -}}
{{- define "whistler.agentUser" -}}
{{ printf "system:serviceaccount:%s:whistler-agent" .Release.Namespace }}
{{- end -}}

{{- define "whistler.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- /* What the agent may do: a row of the README's table for each feature that is switched on. */ -}}
{{- define "whistler.agentCapabilities" -}}
{{- $features := .Values.agent.features -}}
BPF, PERFMON
{{- if $features.network }}, NET_ADMIN{{ end }}
{{- if $features.containerUprobes }}, SYS_PTRACE{{ end }}
{{- if $features.legacyUprobes }}, SYS_ADMIN{{ end }}
{{- end -}}

{{- /* Pod of a chore: the operator's image, which does one thing and ends. Needs root, chore, account. */ -}}
{{- define "whistler.chorePod" -}}
serviceAccountName: {{ .account }}
restartPolicy: Never
{{- include "whistler.pullSecrets" .root }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.operator.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.operator.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: {{ .chore }}
    image: {{ include "whistler.image" (dict "root" .root "component" "operator") }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    command: [/opt/java/bin/java, "@/opt/whistler/chore.args", {{ .chore }}]
    env:
      - name: WHISTLER_NAMESPACE
        value: {{ .root.Release.Namespace }}
      - name: WHISTLER_RELEASE
        value: {{ .root.Release.Name }}
      - name: WHISTLER_TIME_LIMIT
        value: {{ .root.Values.hooks.timeLimitSeconds | quote }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    resources:
      requests:
        cpu: 50m
        memory: 128Mi
      limits:
        memory: 256Mi
    volumeMounts:
      - name: tmp
        mountPath: /tmp
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 64Mi
{{- end -}}

{{- /* Account and rights of a chore, there only while it runs. Needs root, chore, hook, rules. */ -}}
{{- define "whistler.choreAccount" -}}
{{- $name := printf "whistler-%s" .chore -}}
{{- $clusterName := printf "%s-%s" (include "whistler.clusterName" .root) .chore -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
  {{- include "whistler.choreMetadata" (dict "root" .root "hook" .hook "weight" "-10") | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $clusterName }}
  {{- include "whistler.choreMetadata" (dict "root" .root "hook" .hook "weight" "-10") | nindent 2 }}
rules:
  {{- toYaml .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $clusterName }}
  {{- include "whistler.choreMetadata" (dict "root" .root "hook" .hook "weight" "-5") | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ $clusterName }}
subjects:
  - kind: ServiceAccount
    name: {{ $name }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}

{{- define "whistler.choreMetadata" -}}
labels:
  {{- include "whistler.labels" (dict "root" .root "component" "chore") | nindent 2 }}
annotations:
  helm.sh/hook: {{ .hook }}
  helm.sh/hook-weight: {{ .weight | quote }}
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{- /* Names of our resource definitions, as a JSON array. */ -}}
{{- define "whistler.definitions" -}}
["kernelprofilerequests.whistler.dev", "kernelprofiles.whistler.dev", "kerneltypes.whistler.dev", "whistlerartifacts.whistler.dev", "whistlernodes.whistler.dev", "whistlerprograms.whistler.dev", "whistlerrevisions.whistler.dev", "whistlersinks.whistler.dev"]
{{- end -}}

{{- /* Two installations would run each program twice on each node; whoever acts holds this Lease. */ -}}
{{- define "whistler.onlyInstallation" -}}
{{- $lease := lookup "coordination.k8s.io/v1" "Lease" "default" "whistler-operator" -}}
{{- $holder := dig "spec" "holderIdentity" "" ($lease | default dict) -}}
{{- $own := printf "%s/%s" .Release.Namespace .Release.Name -}}
{{- /* namespace/release/replica; the replica is empty while none leads. */ -}}
{{- $installation := regexReplaceAll "^([^/]*/[^/]*)/.*$" $holder "${1}" -}}
{{- if and $holder (ne $installation $own) -}}
{{- fail (printf "Whistler is installed in this cluster already, as %s (namespace/release): upgrade or uninstall that one. If it is gone without having been uninstalled, see docs/install.md, and delete its Lease: kubectl delete lease whistler-operator --namespace default" $installation) -}}
{{- end -}}
{{- end -}}

{{- /* Annotations of a pod: those for Prometheus, if wanted, and the user's, which win. Needs root, port, own. */ -}}
{{- define "whistler.podAnnotations" -}}
{{- $all := .own -}}
{{- if .root.Values.metrics.annotations -}}
{{- $all = merge (deepCopy .own) (dict "prometheus.io/scrape" "true" "prometheus.io/port" .port "prometheus.io/path" "/metrics") -}}
{{- end -}}
{{- with $all -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
