"""Builds and keeps the feature table on Spark; imports what derives features from `training/`."""
