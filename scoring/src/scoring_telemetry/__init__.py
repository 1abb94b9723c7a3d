"""Metrics and traces by OpenTelemetry, for the server `scorehost` and for scoring scripts.

Knows neither of them. Nothing of OpenTelemetry is imported unless TELEMETRY names an exporter
(settings.py). Values are added up here, at the price of some additions for a request, and a thread
turns them into OpenTelemetry's own data and sends them (telemetry.py): the SDK's instruments take
several microseconds for each value, and a request can have thousands.
"""
