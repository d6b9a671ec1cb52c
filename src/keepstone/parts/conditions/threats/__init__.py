"""Conditions with an adversary behind them. Each names its accidental counterpart, or says why it can have none."""
