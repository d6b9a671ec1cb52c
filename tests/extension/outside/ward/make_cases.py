"""Write cases.csv: 2 400 invented patients on their first day in a ward, one row each. Half of them are for training."""

import csv
from pathlib import Path

import numpy as np

draw, rows = np.random.default_rng(2026), 2400
age, sex = draw.integers(18, 96, rows), draw.choice(["female", "male"], rows)
ill = draw.normal(0, 1, rows) + (age - 60) / 50
pulse = np.rint(84 + 11 * ill + draw.normal(0, 5, rows)).astype(int)
temperature = np.round(37.0 + 0.5 * ill + draw.normal(0, 0.3, rows), 1)
crp = [f"{value:.0f}" if luck > 0.08 else "" for value, luck in zip(np.exp(2.6 + 0.9 * ill + draw.normal(0, 0.4, rows)), draw.random(rows), strict=True)]
worse = ["yes" if value > 1.1 else "no" for value in ill + draw.normal(0, 0.4, rows)]
part = draw.permutation(["train", "test"] * (rows // 2))

with Path("cases.csv").open("w", newline="", encoding="utf-8") as file:
    table = csv.writer(file)
    table.writerow(["patient", "part", "age", "sex", "pulse", "temperature", "crp", "worse"])
    table.writerows(zip(range(1, rows + 1), part, age, sex, pulse, temperature, crp, worse, strict=True))
