"""Which reader a deployment's settings choose, with the identity that its storage needs."""

from __future__ import annotations

from collections.abc import Mapping

from flashflood.delta_rs import DeltaRsReader
from flashflood.reader import Reader
from flashflood.settings import Settings
from flashflood.spark import SparkReader, check_baked_jars
from flashflood_azureml import spark_storage, storage
from scoring_telemetry import identity


def reader_for(settings: Settings, environment: Mapping[str, str]) -> Reader:
    """The reader; with FEATURE_READER=spark only if the environment's JARs are as locked.

    A remote table is reached by workload identity where the cluster offers it, else by the managed
    identity. Raises FeatureTableError when JARs and packages disagree.
    """
    uri = settings.feature_table_uri
    if settings.feature_reader == "spark":
        check_baked_jars()
        if settings.feature_table_is_remote:
            account = spark_storage.account_of(uri)
            return SparkReader(uri, lambda: spark_storage.session_by_identity(account, environment))
        return SparkReader(uri)
    if settings.feature_table_is_remote:
        return DeltaRsReader(uri, storage.bearer_token(identity.credential(environment)))
    return DeltaRsReader(uri)
