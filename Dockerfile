# Haul from a bare Debian 12: what README.md promises, as an image.
#   docker build -t haul . && docker run --rm haul demo --once
FROM debian:12
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git python3
WORKDIR /haul
COPY . .
RUN ./dev setup && ./dev build --preset release haul
ENTRYPOINT ["/haul/build/release/haul"]
