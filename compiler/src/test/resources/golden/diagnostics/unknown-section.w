(defprog p (:section "xpd") 1)
