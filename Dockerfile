# The keeper, from the lock files: packages with their hashes, forge and solc from npm, contracts built.
FROM node:20-bookworm-slim AS node

FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends git make && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /opt/millrace
COPY . .
RUN make build && rm -rf node_modules cache build

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home millrace
COPY --from=build /opt/millrace /opt/millrace
WORKDIR /opt/millrace
ENV PATH=/opt/millrace/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER millrace
EXPOSE 9464
ENTRYPOINT ["millrace"]
CMD ["keeper", "--config", "/etc/millrace/keeper.toml"]
