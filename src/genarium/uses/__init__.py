"""What trained models are good for: functions of what a model offers, found by its protocol."""
