"""The numerics of verdicts: addressed chance, exact tests, betting, false discovery, claims, power, and the clinician's modelled intervals."""
