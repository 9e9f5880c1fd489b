"""Private keys made for one test run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC384 = ec.generate_private_key(ec.SECP384R1())
EC256 = ec.generate_private_key(ec.SECP256R1())


def pem(key: Any) -> str:  # noqa: ANN401 - of any of the kinds above
    """A PEM file's text."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def jwk(key: Any, **more: str) -> str:  # noqa: ANN401
    """A JWK's text."""
    algorithm = (
        RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey) else ECAlgorithm
    )
    return json.dumps({**algorithm.to_jwk(key, as_dict=True), **more})


def written(folder: Path, text: str) -> str:
    """A key file's path."""
    path = folder / "key"
    path.write_text(text)
    return str(path)
