"""Pictures drawn here, as SVG: what the network has come to, why a set fits, how good a proposal is."""

from service.web.pictures.drawing import Picture, ready_to_draw
from service.web.pictures.funnel import draw_funnel
from service.web.pictures.sets import Fit, draw_set
from service.web.pictures.solving import Moment, draw_solving
from service.web.pictures.ties import Ties, draw_ties
from service.web.pictures.waiting import Step, draw_waiting

__all__ = [
    "Fit",
    "Moment",
    "Picture",
    "Step",
    "Ties",
    "draw_funnel",
    "draw_set",
    "draw_solving",
    "draw_ties",
    "draw_waiting",
    "ready_to_draw",
]
