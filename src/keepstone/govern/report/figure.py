"""The mitigation matrix as an image of its own, for a README or a slide: SVG, light and dark, no script, no font to load."""

from __future__ import annotations

from keepstone.core.errors import InputError
from keepstone.govern.document import Result
from keepstone.govern.report.matrix import ROW, matrix
from keepstone.govern.report.page import environment

LEFT, RIGHT = 236, 216
ABOVE, BELOW = 8, 44


def matrix_image(result: Result) -> bytes:
    """Draw the matrix of a result as an SVG file.

    Args:
        result: What was found.

    Returns:
        The image in UTF-8, the same bytes for the same result.

    Raises:
        InputError: If the result holds no mitigation.
    """
    drawn = matrix(result)
    if drawn is None:
        raise InputError("The «interplay» of the result must hold a mitigation; got none.")
    size = {"left": LEFT, "step": ROW, "width": LEFT + drawn.width + RIGHT, "height": drawn.height + ABOVE + BELOW}
    return (environment().get_template("matrix.svg.j2").render(matrix=drawn, **size) + "\n").encode("utf-8")
