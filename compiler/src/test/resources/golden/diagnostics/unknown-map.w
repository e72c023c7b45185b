(defprog p () (map-lookup nosuch 1))
