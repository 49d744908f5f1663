-- Contract scans 1.2.0 (urn:datacontract:logistics:scans), for DuckDB
-- One row for each scan of a shipment.

CREATE TABLE "scans" (
  "scan_id" VARCHAR NOT NULL,
  "shipment_id" VARCHAR NOT NULL,
  "scan_code" VARCHAR NOT NULL,
  "driver_id" VARCHAR,
  "pieces" SMALLINT,
  "weight_kg" DECIMAL(9,3),
  "hub" VARCHAR,
  "scanned_on" DATE,
  "scanned_at" TIMESTAMPTZ NOT NULL,
  "codes" VARCHAR[],
  "place" STRUCT("lat" DOUBLE, "lon" DOUBLE),
  PRIMARY KEY ("scan_id"),
  UNIQUE ("shipment_id", "scanned_at"),
  CONSTRAINT "scans.scan_id.format" CHECK (regexp_matches("scan_id", '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$')),
  CONSTRAINT "scans.shipment_id.minLength" CHECK (length("shipment_id") >= 12),
  CONSTRAINT "scans.shipment_id.maxLength" CHECK (length("shipment_id") <= 12),
  CONSTRAINT "scans.shipment_id.pattern" CHECK (regexp_matches("shipment_id", '^SH[0-9]{10}$')),
  CONSTRAINT "scan_code_valid" CHECK ("scan_code" IN ('PU', 'ARR', 'DEP')),
  CONSTRAINT "scans.pieces.minimum" CHECK ("pieces" >= 1),
  CONSTRAINT "scans.pieces.maximum" CHECK ("pieces" <= 999),
  CONSTRAINT "scans.pieces.multipleOf" CHECK ("pieces" % 1 = 0),
  CONSTRAINT "scans.weight_kg.exclusiveMinimum" CHECK ("weight_kg" > 0),
  CONSTRAINT "scans.weight_kg.exclusiveMaximum" CHECK ("weight_kg" < 100000),
  CONSTRAINT "scans.scanned_on.minimum" CHECK ("scanned_on" >= DATE '2013-01-01'),
  CONSTRAINT "scans.scanned_on.maximum" CHECK ("scanned_on" <= DATE '2099-12-31'),
  CONSTRAINT "scans.scanned_at.minimum" CHECK ("scanned_at" >= TIMESTAMPTZ '2013-01-01T00:00:00Z'),
  CONSTRAINT "on_the_day" CHECK (NOT (scanned_on > date '2050-01-01'))
);
-- not kept by the table itself:
-- driver_given (warning): SELECT coalesce(100.0 * (count(*) - count("driver_id")) / nullif(count(*), 0), 0) FROM "scans" < 2
-- enough_rows (block): SELECT count(*) FROM "scans" between 1 and 1000000
-- scans.shipment_id.references.shipments.shipment_id (warning): SELECT count(*) FROM "scans" AS child WHERE child."shipment_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM silver."shipments" AS parent WHERE parent."shipment_id" = child."shipment_id") = 0
-- scans.hub+scanned_on.references.hub_days.hub+day (warning): SELECT count(*) FROM "scans" AS child WHERE child."hub" IS NOT NULL AND child."scanned_on" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM silver."hub_days" AS parent WHERE parent."hub" = child."hub" AND parent."day" = child."scanned_on") = 0
