# report-qa in a container: CPU, the embedding model inside, no network needed at run time. How to run it: docs/deploy.md
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE requirements.lock ./
COPY rag rag
COPY api api
COPY eval eval
COPY prompts prompts
RUN python -m venv /opt/report-qa \
    && /opt/report-qa/bin/pip install --no-cache-dir --constraint requirements.lock ".[llm,local-llm,mcp,otel,postgres]"
RUN /opt/report-qa/bin/python -c "from pathlib import Path; \
    from rag.indexing.bundled_model.folder import bundled_model_folder as unpack; unpack(Path('/opt/report-qa/models'))"

FROM python:3.11-slim-bookworm
# libgomp1: llama.cpp runs on it; Debian's own updates are wanted, so no version is pinned
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 report-qa \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin report-qa \
    && install --directory --owner 10001 --group 10001 --mode 700 /data
COPY --from=build /opt/report-qa /opt/report-qa
ENV PATH=/opt/report-qa/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    REPORT_QA_DATA_DIR=/data \
    REPORT_QA_MODELS_DIR=/opt/report-qa/models
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["report-qa"]
CMD ["serve", "--host", "0.0.0.0"]
