"""Days and captions in, a Parquet dataset on disk out, and any row of it back: whole, checked, split by person."""

from sensorlm.store.dataset import Dataset, open_dataset
from sensorlm.store.manifest import Manifest, Part, is_dataset, load_manifest, verify
from sensorlm.store.splits import SPLITS, load_splits, split_of
from sensorlm.store.write import add_captions, write_dataset

__all__ = [
    "SPLITS",
    "Dataset",
    "Manifest",
    "Part",
    "add_captions",
    "is_dataset",
    "load_manifest",
    "load_splits",
    "open_dataset",
    "split_of",
    "verify",
    "write_dataset",
]
