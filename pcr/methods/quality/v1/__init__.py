"""Data quality (数据质量), version 1: ratings by a scheme, and schemes as data beside the method (``schemes/*.yaml``).

A scheme names its criteria, its scale, the equation of a data set and, where it has them, levels and thresholds.
Schemes are never mixed: a rating belongs to the scheme it was given under.
"""

from pcr.methods.quality.v1.by_distance import rating_term
from pcr.methods.quality.v1.rating import Study, by_criterion, dataset, score, study, study_rating, term
from pcr.methods.quality.v1.scheme import Criterion, Level, Need, Scheme, load_scheme, schemes

__all__ = [
    "Criterion",
    "Level",
    "Need",
    "Scheme",
    "Study",
    "by_criterion",
    "dataset",
    "load_scheme",
    "rating_term",
    "schemes",
    "score",
    "study",
    "study_rating",
    "term",
]
