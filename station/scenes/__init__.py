"""Rendered waybills, substrates and boxes with exact truth. Nobody on them exists.

Seeds of `boxes`, kept apart so that nothing is judged on what it was fitted to:
0 to 999 demo and tests; 1,000 to 899,999 training; 900,000 to 949,999 tuning of thresholds;
950,000 to 999,999 evaluation.
"""
