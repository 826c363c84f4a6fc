# pcf serve, from the same lock as everywhere else.
#   docker build -t pcf-engine .
#   docker run -p 8000:8000 -v pcf-data:/data pcf-engine
FROM python:3.12-slim AS build
WORKDIR /src
COPY locks/run.txt locks/
RUN python -m venv /opt/pcf \
 && /opt/pcf/bin/python -m pip install --no-cache-dir --require-hashes -r locks/run.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY lca lca
COPY pcr pcr
COPY factordb factordb
COPY service service
COPY migrations migrations
RUN /opt/pcf/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home --home-dir /data pcf \
 && install -d -o pcf -m 0700 /data/keys
COPY --from=build /opt/pcf /opt/pcf
COPY LICENSE NOTICE /opt/pcf/
ENV PATH=/opt/pcf/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER pcf
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4).read()"]
CMD ["pcf", "serve", "--host", "0.0.0.0", "--port", "8000"]
