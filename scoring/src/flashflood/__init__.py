"""High-flow probabilities for river gauges: validate, look up, predict, encode.

Knows nothing of Azure or HTTP; the package `flashflood_azureml` beside it does.
"""
