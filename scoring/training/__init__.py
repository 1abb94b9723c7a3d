"""Builds what scoring/ ships: the models, their card and the sample feature table."""
