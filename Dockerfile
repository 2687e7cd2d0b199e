# The image of Sitrep: Python packages checked by hash, no compiler, no token, an unprivileged user, data in /data.
#
#   docker build --tag sitrep:local .
#   docker run --interactive --tty --rm --volume sitrep-data:/data sitrep:local chat
#
# The base is named by tag, not by digest: a rebuild then brings Debian's security fixes. Whoever needs the same bytes
# each time writes the digest that `docker buildx imagetools inspect python:3.12-slim` shows behind the tag, twice below.
# What is ours to pin, the Python packages, is pinned by hash in requirements/run.lock.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
# Without pip: what runs installs nothing. The base's own pip fills it.
RUN python -m venv --without-pip /opt/sitrep
COPY requirements/run.lock /source/requirements/run.lock
# Wheels only: no package runs code of its own while it is installed.
RUN pip --python /opt/sitrep/bin/python install --require-hashes --no-deps --only-binary :all: \
        --requirement /source/requirements/run.lock
COPY . /source
RUN pip --python /opt/sitrep/bin/python install --no-deps --no-build-isolation /source

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Sitrep" \
      org.opencontainers.image.description="A self-hosted Telegram bot for armed-conflict updates" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 sitrep \
    && useradd --uid 10001 --gid sitrep --home-dir /data --no-create-home --shell /usr/sbin/nologin sitrep \
    && install --directory --owner=sitrep --group=sitrep --mode=0750 /data
COPY --from=build /opt/sitrep /opt/sitrep
ENV PATH="/opt/sitrep/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SITREP_HOME=/data \
    SITREP_HEALTH_LISTEN=127.0.0.1:8081
USER 10001:10001
WORKDIR /data
VOLUME /data
# `sitrep run` answers what it has begun, confirms that to Telegram, then ends; it needs no init beside it.
STOPSIGNAL SIGTERM
# Asks the running bot itself, inside the container; no port is opened for it.
HEALTHCHECK --interval=60s --timeout=15s --start-period=60s --retries=3 CMD ["sitrep", "healthcheck"]
ENTRYPOINT ["sitrep"]
CMD ["run"]
