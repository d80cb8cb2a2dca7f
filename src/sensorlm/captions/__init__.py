"""Days in, captions and the facts they state out. Not a medical device."""

from sensorlm.captions.compose import (
    generate_captions,
    generate_semantic_caption,
    generate_statistical_caption,
    generate_structural_caption,
)
from sensorlm.captions.digest import digest_captions
from sensorlm.captions.plain import short_captions, short_captions_of, visible_form

__all__ = [
    "digest_captions",
    "generate_captions", "generate_semantic_caption", "generate_statistical_caption", "generate_structural_caption",
    "short_captions", "short_captions_of", "visible_form",
]  # fmt: skip
