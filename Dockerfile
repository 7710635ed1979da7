# Genarium on a CPU or on a GPU of the host (--gpus all): docker build -t genarium . && docker run genarium demo
FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 GENARIUM_DATA=/data GENARIUM_CACHE=/cache
RUN pip install --no-cache-dir uv
WORKDIR /genarium
COPY requirements.lock ./
RUN uv pip sync --system --no-cache requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY conf conf
COPY src src
RUN uv pip install --system --no-cache --no-deps --no-build-isolation .
ENTRYPOINT ["genarium"]
