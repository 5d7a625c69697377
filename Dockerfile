# Two stages: the first installs the pinned requirements and learns the pack, the second holds only what runs.
FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /venv/bin/bot check && DATA_DIR=/data /venv/bin/bot ask --json "hallo"

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data bot && install -d -o bot /backups
COPY --from=build /venv /venv
COPY --from=build --chown=bot:bot /data /data
ENV PATH=/venv/bin:$PATH DATA_DIR=/data WEB_HOST=0.0.0.0 BOT_PROFILE=production PYTHONUNBUFFERED=1
USER bot
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ.get(\"WEB_PORT\", \"8080\")}/readyz', timeout=4)"]
ENTRYPOINT ["bot"]
CMD ["run"]
