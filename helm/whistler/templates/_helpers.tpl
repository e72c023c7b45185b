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
