#!/bin/sh
# Removes what an installation leaves in the API server whose namespace was deleted without `helm uninstall`.
# Usage: remove-leftovers.sh [--definitions]; with that, the resource definitions and all objects of theirs go as well.
# On each node that did not boot since: rm -r /sys/fs/bpf/whistler
set -eu

case "${1:-}" in
  "" | --definitions) ;;
  *)
    sed -n '2,4s/^# //p' "$0" >&2
    exit 2
    ;;
esac

holder=$(kubectl get lease whistler-operator --namespace default --ignore-not-found -o 'jsonpath={.spec.holderIdentity}')
namespace=${holder%%/*}
if [ -n "$namespace" ] && [ -n "$(kubectl get deployment whistler-operator --namespace "$namespace" --ignore-not-found -o name)" ]; then
  echo "Whistler is installed as $holder: use helm uninstall ${holder#*/} --namespace $namespace" >&2
  exit 1
fi

defined=$(kubectl get customresourcedefinitions -o name)
is_defined() {
  echo "$defined" | grep -q "/$1\.whistler\.dev$"
}

# Nobody is there to unload them, so nobody will let them go.
if is_defined whistlerprograms; then
  for program in $(kubectl get whistlerprograms -o name); do
    kubectl patch "$program" --type merge --patch '{"metadata":{"finalizers":null}}'
  done
  kubectl delete whistlerprograms --all
fi

mine='app.kubernetes.io/name=whistler'
kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies --selector "$mine"
kubectl delete clusterrolebindings,clusterroles,priorityclasses --selector "$mine"
kubectl delete roles,rolebindings --namespace default --selector "$mine"
kubectl delete lease whistler-operator --namespace default --ignore-not-found
for kind in whistlernodes kernelprofilerequests; do
  if is_defined "$kind"; then
    kubectl delete "$kind" --all
  fi
done

if [ "${1:-}" = --definitions ]; then
  echo "$defined" | grep '\.whistler\.dev$' | xargs -r kubectl delete
fi
