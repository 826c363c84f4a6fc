"""Products without a rule of their own (无专用规则的产品); each folder `v*` is one version of the rule."""
