"""Puts `flashflood` behind azureml-inference-server-http, the server of Azure ML's images."""
