"""Drawing only: plain values in, what the user chose out. No SQL, no model, no file of a chart."""
