"""Every way in which a server gives no whole answer, and words of the one sentence that says so."""

from __future__ import annotations

# mode of the scripted server → words of the notice
FAULTS: dict[str, str] = {
    "error_before": "error 500",
    "busy": "too busy",
    "missing_model": "is not on the Ollama server",
    "redirect": "error 307",
    "redirect_all": "error 307",
    "cloud": "cloud",
    "cloud_unlisted": "cloud",
    "error_in_the_middle": "failed while it wrote",
    "drop": "broke off",
    "no_done": "broke off",
    "stall": "did not answer in time",
    "slow_first_byte": "did not answer in time",  # where the byte comes after the time
    "stall_in_the_middle": "did not answer in time",
    "drip": "did not answer in time",
    "length": "cut off",
    "overflow": "cut off",
    "overflow_near": "cut off",
    "empty": "empty",
    "wrong_json": "not JSON",
    "other_schema": "form asked for",
}
SLOW = {"stall", "slow_first_byte", "stall_in_the_middle", "drip"}
ENDING = "; this is the embedded answer."
# What the judge must stop; a whole answer each, so no fault.
HOSTILE = ("obedient", "obedient_link", "other_patient", "duplicate_keys", "false_citations")
