"""The service over HTTP: JSON routes, the OpenAI-compatible ones, and the chat page."""
