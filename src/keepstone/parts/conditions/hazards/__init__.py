"""Conditions with no intent behind them: ordinary use, noise, faults, shift, bias."""
