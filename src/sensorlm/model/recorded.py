"""A model in, its `encode_sensor` out as one recorded CUDA graph a batch shape: for one day at a time.

The idea: at batch 1 the kernels of a day take less time than the host needs to launch them, and asking the device
whether patches must be dropped stops both. So everything from the raw day to its feature is recorded once as if nothing
were dropped, and replayed in one launch; the recording also says whether that was right, and where it was not (a patch
with nothing observed), the day takes the plain path, and the next one is asked first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sensorlm.model.attention import Tokens
from sensorlm.model.sensor_lm import SensorLM, unit

_WARM_UPS = 3
MOST_DAYS = 8
"""Larger batches keep the device busy by themselves, and differ in length where patches are dropped."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A graph with the tensors it reads and writes."""

    graph: Any
    values: Tensor
    observed: Tensor
    features: Tensor
    unit_features: Tensor
    whole: Tensor
    """True where no patch had to be dropped, so that the features are right."""


class RecordedEncoder:
    """Called like `encode_sensor`; records each shape at its first call and replays it from then on.

    Args:
        model: in evaluation mode; its weights may change in place, not be replaced.
        compile_model: let torch.compile fuse what lies between products; a model of fused kernels needs none.
    """

    def __init__(self, model: SensorLM, *, compile_model: bool = True) -> None:
        self.model = model
        self.plain: Callable[..., Tensor] = model.encode_sensor
        self.compile_model = compile_model
        self.recordings: dict[tuple[Any, ...], Recording] = {}
        self.expect_whole = True

    def __call__(self, values: Any, observed: Tensor | None = None, normalize: bool = True) -> Tensor:  # noqa: ANN401
        """(b, e) features, as `encode_sensor` gives them."""
        if not isinstance(values, Tensor) or not self.can_record(values):
            return self.plain(values, observed, normalize)
        seen = values.isfinite() if observed is None else observed
        # Tensors made in inference mode could not be written to outside it.
        with torch.inference_mode(False), torch.no_grad():
            if self.expect_whole or self._is_whole(values, seen):
                recording = self._recording(values, seen)
                recording.values.copy_(values)
                recording.observed.copy_(seen)
                recording.graph.replay()
                features = (recording.unit_features if normalize else recording.features).clone()
                # Asked after the replay was launched, so that nothing waits for the answer but the caller.
                self.expect_whole = bool(recording.whole)
                if self.expect_whole:
                    return features
        return self.plain(values, observed, normalize)

    def whole_days(self, values: Tensor, observed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features, unit features, and whether no patch had to be dropped; never asks the device anything."""
        tower = self.model.sensor
        patches, missing, keep = tower.cut(torch.where(observed, values, 0.0), observed)
        x = tower.embed_whole(patches, missing, tower.grid_positions(values.shape[1], values.shape[2]))
        features = self.model.sensor_features(tower.encode(Tokens(x)), normalize=False)
        whole = keep.all() if keep is not None else torch.ones((), dtype=torch.bool, device=x.device)
        return features, unit(features), whole

    def can_record(self, values: Tensor) -> bool:
        """A few days on CUDA, and no gradient is wanted."""
        wants_gradient = torch.is_grad_enabled() and self.model.sensor.patch_embed.weight.requires_grad
        return values.is_cuda and 0 < len(values) <= MOST_DAYS and not wants_gradient

    def _is_whole(self, values: Tensor, observed: Tensor) -> bool:
        keep = self.model.sensor.cut(values, observed)[2]
        return keep is None or bool(keep.all())

    def _recording(self, values: Tensor, observed: Tensor) -> Recording:
        key = (tuple(values.shape), values.dtype, values.device)
        if key not in self.recordings:
            self.recordings[key] = self._record(values, observed)
        return self.recordings[key]

    def _record(self, values: Tensor, observed: Tensor) -> Recording:
        values, observed = values.clone(), observed.clone()
        run = torch.compile(self.whole_days, dynamic=False) if self.compile_model else self.whole_days
        aside = torch.cuda.Stream(values.device)  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream(values.device))
        with torch.cuda.stream(aside):
            for _ in range(_WARM_UPS):  # compiles and allocates, which a recording may not
                run(values, observed)
        torch.cuda.current_stream(values.device).wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            features, unit_features, whole = run(values, observed)
        return Recording(graph, values, observed, features, unit_features, whole)
