"""Long-route steel (高炉-转炉长流程钢铁产品)."""
