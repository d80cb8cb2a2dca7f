"""`sensorlm quantize`: a checkpoint and days in; an artefact (or the seed's JSON manifest) and what it cost out."""

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import JsonFlag, emit, listed
from sensorlm.errors import ConfigError, QuantizationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from sensorlm.checkpoint import Loaded
    from sensorlm.config.quantize import QuantizationConfig
    from sensorlm.quantize.calibration import Days

DEFAULT_LABELS = "walking,running,cycling,sleeping,sedentary"


def quantize(
    checkpoint: Annotated[str | None, typer.Argument(help="Checkpoint folder or file.")] = None,
    seed_checkpoint: Annotated[str | None, typer.Option("--checkpoint", "-c", help="The same, as a flag.")] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Artefact folder; a name ending in .json gives the seed's manifest.")
    ] = Path("artifacts/model_int8.json"),
    scheme: Annotated[
        str, typer.Option(help="int8-tensor, int8-channel, int8-dynamic, int8-static, fp16, bf16 or fp8.")
    ] = "",
    calibrate: Annotated[
        Path | None,
        typer.Option("--calibrate", "--calibration-data", help="Dataset folder, or Parquet file with channel columns."),
    ] = None,
    num_batches: Annotated[int, typer.Option(min=1, help="Calibration batches at most.")] = 100,
    batch_size: Annotated[int, typer.Option(min=1, help="Days a calibration batch.")] = 8,
    held_out: Annotated[int, typer.Option(min=1, help="Held-out days the result is judged on, at most.")] = 100,
    range_method: Annotated[
        str, typer.Option("--range", help="Static ranges: min-max, percentile, mse, entropy.")
    ] = "min-max",
    smooth: Annotated[float, typer.Option(help="SmoothQuant's alpha; 0 switches it off.")] = 0.0,
    exclude: Annotated[str, typer.Option(help="Regular expression of layers that stay float.")] = "",
    min_sqnr: Annotated[float, typer.Option(help="Layers under this signal-to-noise ratio (dB) stay float.")] = 12.0,
    tolerance: Annotated[float, typer.Option(help="Lowest mean cosine of held-out days that passes.")] = 0.99,
    labels: Annotated[str, typer.Option(help="Zero-shot classes whose agreement is reported.")] = DEFAULT_LABELS,
    sensor_only: Annotated[bool, typer.Option(help="Leave the text tower and the decoder in float.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the report: .json, or .html with pictures.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Quantise a checkpoint and measure what it cost.

    Exits with 1 when the embeddings of held-out days moved more than --tolerance allows, naming the layer.

    Example: sensorlm quantize runs/base --scheme int8-static --calibrate days/ -o runs/base-int8
    """
    from sensorlm.checkpoint import load_checkpoint
    from sensorlm.config.quantize import QuantizationConfig

    source = _one_of(checkpoint, seed_checkpoint)
    manifest = output.suffix == ".json"
    config = QuantizationConfig(
        scheme=scheme or ("int8-tensor" if manifest else "int8-dynamic"), range_method=range_method, smooth=smooth,
        exclude=exclude, min_sqnr_db=min_sqnr, tolerance=tolerance, text=not sensor_only,
    )  # fmt: skip
    loaded = load_checkpoint(source)
    days, calibration = None, None
    if calibrate is not None:
        days, calibration = _calibration(calibrate, loaded, held_out, num_batches, batch_size)
    start = time.perf_counter()
    model, result = (_manifest if manifest else _artefact)(source, loaded, config, calibration, output)
    result |= {
        "checkpoint": source, "output": str(output), "scheme": config.scheme, "config": config.to_json(),
        "seconds": time.perf_counter() - start,
    }  # fmt: skip
    _judge(result, loaded, model, config, days, listed(labels))
    _give(result, report, as_json=as_json)


def _one_of(checkpoint: str | None, seed_checkpoint: str | None) -> str:
    source = checkpoint or seed_checkpoint
    if source is None or (checkpoint and seed_checkpoint):
        raise ConfigError("quantize needs one checkpoint: give it as an argument or with --checkpoint.")
    return source


def _calibration(
    path: Path, loaded: "Loaded", held_out: int, num_batches: int, batch_size: int
) -> tuple["Days", list[Any]]:
    """The days at `path`, and the batches of them that ranges are taken from."""
    from sensorlm.quantize.calibration import batches, open_days, spread

    days = open_days(path, loaded.channel_set, held_out)
    rows = spread(days.calibration, num_batches * batch_size)
    language = loaded.config.text or loaded.config.decoder
    length = min(64, language.max_tokens) if language else 0
    return days, list(batches(days, rows, batch_size, loaded.tokenizer if language else None, length))


def _manifest(
    source: str, loaded: "Loaded", config: "QuantizationConfig", calibration: list[Any] | None, output: Path
) -> tuple["nn.Module", dict[str, Any]]:
    """The seed's JSON: weights only, per tensor or per channel; what calibration saw goes into the report."""
    from sensorlm.quantize import Calibrator, quantize_model_weights
    from sensorlm.quantize.convert import observe, sensitivity
    from sensorlm.quantize.measure import worst_of
    from sensorlm.quantize.seed_names import apply_manifest, config_json, layers_for_manifest, linear_modules
    from sensorlm.quantize.weights import SYMMETRIC_PER_CHANNEL, SYMMETRIC_PER_TENSOR

    schemes = {"int8-tensor": SYMMETRIC_PER_TENSOR, "int8-channel": SYMMETRIC_PER_CHANNEL}
    if config.scheme not in schemes:
        raise QuantizationError(f"a JSON manifest holds {' or '.join(schemes)}, not {config.scheme!r}. Write a folder.")
    layers = linear_modules(loaded.model, config.text)
    seen = observe(loaded.model, layers, calibration) if calibration else {}
    calibrator = Calibrator()
    for name, module in layers.items():
        ends = (seen[name].low, seen[name].high) if name in seen else None
        calibrator.record_layer(name, module.weight.detach().numpy(), ends)
    weights = layers_for_manifest(loaded.model, config.text)
    manifest = quantize_model_weights(config_json(source, loaded.config), weights, schemes[config.scheme])
    manifest.save(output)
    applied = apply_manifest(loaded.model, manifest)
    copies = {name: applied.get_submodule(name) for name in layers}
    measured = sensitivity(loaded.model, layers, copies, calibration) if calibration else {}
    found = [
        {"name": c.name, "sqnr_db": measured[c.name].sqnr_db if c.name in measured else None, "excluded": "",
         "w_min": c.w_min, "w_max": c.w_max, "act_min": c.act_min, "act_max": c.act_max}
        for c in calibrator.finish()
    ]  # fmt: skip
    return applied, {
        "layers": found, "worst": worst_of(measured), "compression_ratio": manifest.compression_ratio(),
    }  # fmt: skip


def _artefact(
    source: str, loaded: "Loaded", config: "QuantizationConfig", calibration: list[Any] | None, output: Path
) -> tuple["nn.Module", dict[str, Any]]:
    """A checkpoint folder of safetensors."""
    from sensorlm.config.quantize import SCHEMES
    from sensorlm.quantize.artefact import save_artefact
    from sensorlm.quantize.convert import linear_layers, quantize_model, sensitivity
    from sensorlm.quantize.floats import cast_layers, cast_model
    from sensorlm.quantize.measure import worst_layer, worst_of
    from sensorlm.quantize.onednn import activation_bits

    if not SCHEMES[config.scheme].integer:
        model = cast_model(loaded.model, config.scheme, config.text, calibration)
        measured = {}
        if calibration:
            floats = linear_layers(loaded.model, config)
            measured = sensitivity(loaded.model, floats, cast_layers(loaded.model, config), calibration)
        found = [{"name": name, "sqnr_db": m.sqnr_db, "excluded": ""} for name, m in sorted(measured.items())]
        save_artefact(output, loaded, model, config, {"layers": found} if found else None)
        return model, {"layers": found, "worst": worst_of(measured)}
    quantized = quantize_model(loaded.model, config, calibration)
    layers = [
        {
            "name": name,
            "sqnr_db": quantized.measured[name].sqnr_db if name in quantized.measured else None,
            "excluded": quantized.excluded.get(name, ""),
        }
        for name in sorted(set(quantized.layers) | set(quantized.measured) | set(quantized.excluded))
    ]
    save_artefact(output, loaded, quantized.model, config, {"layers": layers})
    return quantized.model, {
        "layers": layers, "worst": worst_layer(quantized), "activation_bits": activation_bits(),
    }  # fmt: skip


def _judge(
    result: dict[str, Any],
    loaded: "Loaded",
    model: "nn.Module",
    config: "QuantizationConfig",
    days: "Days | None",
    labels: list[str],
) -> None:
    """Add size, latency, cosine, agreement and the verdict to `result`."""
    from sensorlm.quantize.calibration import batches
    from sensorlm.quantize.floats import cast_model
    from sensorlm.quantize.measure import cosines, embed, latencies, sizes, verdict

    size = sizes(loaded.model, model)
    result["size"] = {
        "float_bytes": size.float_bytes, "quantized_bytes": size.quantized_bytes, "layers_ratio": size.layers_ratio,
    }  # fmt: skip
    result["reason"] = ""
    if days is None:
        return
    held_out = list(batches(days, days.held_out, 8))
    before, after = embed(loaded.model, held_out), embed(model, held_out)
    cosine = cosines(before, after)
    result["cosine"] = {"mean": float(cosine.mean()), "min": float(cosine.min()), "days": len(cosine)}
    result["reason"] = verdict(config, cosine, result["worst"])
    one = held_out[0]
    forms = {"float32": loaded.model, "bfloat16": cast_model(loaded.model, "bf16"), config.scheme: model}
    observed = None if one.observed is None else one.observed[:1]
    result["seconds_per_day"] = latencies(forms, one.values[:1], observed)
    result["days_per_second"] = {name: 1 / seconds for name, seconds in result["seconds_per_day"].items()}
    if loaded.tokenizer is not None and loaded.config.text is not None:
        _judge_words(result, (loaded.model, model), (before, after), days, labels)


def _judge_words(
    result: dict[str, Any],
    models: tuple["nn.Module", "nn.Module"],
    features: tuple["NDArray[np.float32]", "NDArray[np.float32]"],
    days: "Days",
    labels: list[str],
) -> None:
    """Add what changed for those who ask in words: zero-shot classes, questions, retrieval."""
    import torch

    from sensorlm.report.quantization import retrieval_change, zero_shot_agreement
    from sensorlm.tasks.zero_shot import DEFAULT_TEMPLATE

    @torch.inference_mode()
    def texts(which: Any, words: list[str]) -> Any:  # noqa: ANN401
        return which.encode_text(words).float().numpy()

    if labels:
        prompts = [DEFAULT_TEMPLATE.format(label=label) for label in labels]
        agreement = zero_shot_agreement(*features, *(texts(model, prompts) for model in models))
        result["zero_shot"] = {"agreement": agreement, "labels": labels}
    people = [days.person(int(row)) for row in days.held_out]
    if days.dataset is not None:
        from sensorlm.report.quantization import auroc_change
        from sensorlm.tasks.question_list import QUESTIONS

        matrices = [days.dataset.day(int(row)) for row in days.held_out]
        read = partial(texts, models[0]), partial(texts, models[1])
        found = auroc_change(matrices, features, read, QUESTIONS, people)
        result |= {} if found is None else {"auroc": found}
    captions = [days.caption(int(row)) for row in days.held_out]
    if all(captions):
        vectors = texts(models[0], captions), texts(models[1], captions)
        result["retrieval"] = retrieval_change(features, vectors, captions, people)


def _give(result: dict[str, Any], report: Path | None, *, as_json: bool) -> None:
    """Write and print the result; a reason why it does not pass is exit code 1."""
    if report is not None:
        _write_report(report, result)
    emit(result, as_json=as_json, text=_text(result))
    if result.get("reason"):
        raise typer.Exit(1)


def _write_report(path: Path, result: dict[str, Any]) -> None:
    from sensorlm.files import write_json

    if path.suffix == ".html":
        from sensorlm.report.quantization import quantization_page

        if "cosine" not in result:
            raise QuantizationError("an HTML report needs days to measure on. Give --calibrate.")
        quantization_page(result).write(path)
    else:
        write_json(path, result)


def _text(result: dict[str, Any]) -> str:
    size = result["size"]
    lines = [
        f"{result['output']}: {result['scheme']} in {result['seconds']:.1f} s, "
        f"{size['quantized_bytes'] / 2**20:.1f} of {size['float_bytes'] / 2**20:.1f} MiB "
        f"(quantised layers {size['layers_ratio']:.3f})"
    ]
    if result.get("activation_bits", 8) < 8:
        lines.append(f"activations of {result['activation_bits']} bits: this CPU adds products in 16 bits (no VNNI)")
    if "cosine" in result:
        found = result["cosine"]
        lines.append(
            f"cosine to float32 over {found['days']} days: mean {found['mean']:.5f}, lowest {found['min']:.5f}"
        )
        seconds = result["seconds_per_day"]
        lines += [f"{name}: {s:.3f} s a day, {seconds['float32'] / s:.2f} x float32" for name, s in seconds.items()]
    if "zero_shot" in result:
        lines.append(f"top-1 zero-shot agreement: {result['zero_shot']['agreement']:.4f}")
    for name, before, after in (("retrieval", "r1_before", "r1_after"), ("auroc", "auroc_before", "auroc_after")):
        if name in result:
            lines.append(f"{name}: {result[name][before]:.4f} to {result[name][after]:.4f}")
    lines += [f"{x['name']} stays float: {x['excluded']}" for x in result["layers"] if x["excluded"]]
    return "\n".join([*lines, *([f"FAILED: {result['reason']}"] if result["reason"] else [])])
