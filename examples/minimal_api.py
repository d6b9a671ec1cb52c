"""The least that assesses a model from Python: thirty measures of cell nuclei, a logistic regression, both halves.

    python examples/minimal_api.py

Data: the copy of the Wisconsin diagnostic data that scikit-learn carries (Wolberg, Mangasarian, Street and Street 1995, UCI, CC BY 4.0).
"""

from __future__ import annotations

from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import keepstone as ks


def main() -> None:
    """Train, assess, print one screen, write the page."""
    data = load_breast_cancer(as_frame=True)
    malignant = data.target == 0
    x_train, x, y_train, y = train_test_split(data.data, malignant, test_size=0.4, random_state=0, stratify=malignant)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x_train, y_train)

    result = ks.assess(
        model,
        x,
        y,
        train=(x_train, y_train),
        threshold=0.3,  # a sample is flagged from this risk on; without it every verdict would be provisional
        name="tumour triage",
        population="women with a breast mass sampled by fine-needle aspiration",
        limits={
            "robustness.nominal.missed": {
                "limit": 0.25,
                "reason": "a pathologist still sees every sample",
                "set_by": "the example's authors",
                "source": "judgement",
                "date": "2026-11-24",
            }
        },
        mitigations=["abstention", "label_only"],
    )
    print(result)
    print()
    print(result.frame().query("verdict == 'fail'")[["id", "mean", "lower", "upper", "limit"]].to_string(index=False))
    print(f"\nThe report: {result.report('report.html')}")


if __name__ == "__main__":
    main()
