"""Text tower: padding, poolings, causality, packing, and the post-norm form against transformers' BERT."""

import pytest
import torch
from model_helpers import small_model

from sensorlm.config.model import TextTowerConfig
from sensorlm.errors import ConfigError
from sensorlm.model.text import text_mask


def ids(rows=3, length=9, seed=0):
    tokens = torch.randint(2, 60, (rows, length), generator=torch.Generator().manual_seed(seed))
    tokens[0, 4:] = 1
    tokens[1, 7:] = 1
    tokens[:, -1] = 1
    return tokens


def test_sticky_eos_the_first_is_real():
    assert text_mask(torch.tensor([[5, 1, 1], [1, 1, 1], [5, 6, 7]]), 1, 1).tolist() == [
        [True, True, False],
        [True, False, False],
        [True, True, True],
    ]
    assert text_mask(torch.tensor([[5, 2, 0, 0]]), 0, 2).tolist() == [[True, True, False, False]]


@pytest.mark.parametrize("pooling", ["last", "mean", "map"])
@pytest.mark.parametrize("causal", [False, True])
def test_with_a_padding_mask_padding_and_batch_mates_do_not_matter(pooling, causal):
    model = small_model(text__padding_mask=True, text__pooling=pooling, text__causal=causal)
    tokens = ids()
    longer = torch.cat([tokens, torch.ones(3, 6, dtype=torch.long)], 1)
    features = model.encode_text(tokens)
    torch.testing.assert_close(model.encode_text(longer), features, rtol=0, atol=1e-5)
    for i, length in enumerate((5, 8, 9)):
        alone = model.encode_text(tokens[i : i + 1, :length])
        torch.testing.assert_close(alone, features[i : i + 1], rtol=0, atol=1e-5)


def test_without_a_mask_padding_takes_part_as_in_the_reference():
    model = small_model()
    tokens = ids()
    longer = torch.cat([tokens, torch.ones(3, 6, dtype=torch.long)], 1)
    assert (model.encode_text(longer) - model.encode_text(tokens)).abs().max() > 1e-3


def test_last_pooling_reads_the_last_position_and_mean_the_real_tokens():
    tokens = ids()
    last, mean = small_model(), small_model(text__pooling="mean")
    mean.load_state_dict(last.state_dict())
    x = last.text.norm(last.text.blocks(last.text.token_embed(tokens) + last.text.positions[:9], None, False))
    torch.testing.assert_close(last.text(tokens), x[:, -1])
    wanted = torch.stack([x[0, :5].mean(0), x[1, :8].mean(0), x[2].mean(0)])
    torch.testing.assert_close(mean.text(tokens), wanted, rtol=1e-5, atol=1e-6)
    chosen = torch.zeros(3, 9, dtype=torch.bool)
    chosen[:, :2] = True
    torch.testing.assert_close(mean.text(tokens, chosen), x[:, :2].mean(1), rtol=1e-5, atol=1e-6)


def test_a_causal_tower_hides_later_tokens_from_earlier_ones():
    model = small_model(text__causal=True)
    tokens = ids()
    x = model.text.token_embed(tokens)
    y = x.clone()
    y[:, 5] *= -1
    before, after = model.text.encode(x), model.text.encode(y)
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert (before[:, 5:] - after[:, 5:]).abs().max() > 1e-3


def test_a_frozen_tower_gets_no_gradient_its_projection_does():
    model = small_model(text__frozen=True)
    model.encode_text(ids()).sum().backward()
    assert all(p.grad is None for p in model.text.parameters())
    assert model.text_projection.weight.grad is not None


def test_a_text_longer_than_the_context_is_refused():
    with pytest.raises(ConfigError, match="a text of 25 tokens exceeds context_length=24"):
        small_model().encode_text(torch.ones(1, 25, dtype=torch.long))


def test_a_model_without_a_text_tower_says_so():
    model = small_model(text=None)
    with pytest.raises(ConfigError, match="has no text tower"):
        model.encode_text(ids())
    out = model(torch.zeros(3, 1440, 4), None, ids())
    assert "text_features" not in out
    assert out["caption_logits"].shape == (3, 9, 60)


def test_the_bert_form_equals_transformers_bert():
    transformers = pytest.importorskip("transformers")
    config = transformers.BertConfig(
        vocab_size=60, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
        max_position_embeddings=24, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    torch.manual_seed(0)
    theirs = transformers.BertModel(config, add_pooling_layer=False).eval()
    from sensorlm.checkpoint.sentence import tensors_from_bert
    from sensorlm.model.text import TextTower

    ours = TextTower(
        TextTowerConfig(
            architecture="bert", vocab_size=60, context_length=24, width=32, depth=2, num_heads=2, mlp_ratio=1.5,
            activation="gelu", norm_eps=1e-12, pooling="mean", padding_mask=True, pad_id=1, eos_id=1, prefix_id=0,
        )
    )  # fmt: skip
    ours.load_state_dict(tensors_from_bert(theirs.state_dict(), 2, "made"))
    tokens = ids()
    mask = text_mask(tokens, 1, 1)
    with_prefix = torch.cat([torch.zeros(3, 1, dtype=torch.long), tokens], 1)
    attended = torch.cat([torch.ones(3, 1, dtype=torch.bool), mask], 1)
    with torch.no_grad():
        hidden = theirs(with_prefix, attention_mask=attended.long()).last_hidden_state
        wanted = (hidden * attended[..., None]).sum(1) / attended.sum(1, keepdim=True)
        torch.testing.assert_close(ours(tokens), wanted, rtol=1e-4, atol=1e-5)
