"""Great Expectations doing with pandas what haul does with the vendor file: every rule, counts only.

    python peer_gx.py FOLDER

Prints {"seconds", "cpu", "rules"}; imports are not counted, reading the CSV is, as it is for haul. Nothing is
written. A relationship is a column of booleans that pandas computes: as a set of a million values the
expectation takes many times longer.
"""

import json
import os
import pathlib
import sys
import time

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx  # noqa: E402
import great_expectations.expectations as gxe  # noqa: E402
from peer_pandera import CODES, read  # noqa: E402

REQUIRED = ["scan_id", "vehicle_id", "scan_code", "lat", "lon", "weight_kg", "planned_at", "scanned_at"]


def expectations() -> dict:
    found = {
        "rows_with_repeated_key": gxe.ExpectColumnValuesToBeUnique(column="scan_id"),
        "vendor_scans.shipment_id.required": gxe.ExpectColumnValuesToNotBeNull(column="shipment_id"),
        "vendor_scans.shipment_id.pattern": gxe.ExpectColumnValuesToMatchRegex(
            column="shipment_id", regex="^SH[0-9]{8}$"
        ),
        "vendor_scans.vehicle_id.references.vehicles.vehicle_id": gxe.ExpectColumnValuesToBeInSet(
            column="vehicle_is_known", value_set=[True]
        ),
        "scan_code_known": gxe.ExpectColumnValuesToBeInSet(column="scan_code", value_set=CODES),
        "vendor_scans.lat.maximum": gxe.ExpectColumnValuesToBeBetween(
            column="lat", min_value=-90, max_value=90
        ),
        "vendor_scans.lon.minimum": gxe.ExpectColumnValuesToBeBetween(
            column="lon", min_value=-180, max_value=180
        ),
        "vendor_scans.weight_kg.exclusiveMinimum": gxe.ExpectColumnValuesToBeBetween(
            column="weight_kg", min_value=0, strict_min=True
        ),
        "vendor_scans.pieces.minimum": gxe.ExpectColumnValuesToBeBetween(column="pieces", min_value=1),
        "scanned_after_planned": gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="scanned_at", column_B="planned_at", or_equal=True
        ),
        "type.pieces": gxe.ExpectColumnValuesToNotBeNull(column="pieces"),
    }
    for column in REQUIRED:
        found[f"vendor_scans.{column}.required"] = gxe.ExpectColumnValuesToNotBeNull(column=column)
    for name, expectation in found.items():
        expectation.meta = {"rule": name}
    return found


def check(folder: pathlib.Path) -> dict:
    begin, cpu = time.perf_counter(), time.process_time()
    frame, vehicles = read(folder)
    frame["vehicle_is_known"] = frame["vehicle_id"].isin(vehicles)
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("vendor").add_dataframe_asset("scans")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="scans", expectations=list(expectations().values()))
    outcome = batch.validate(suite, result_format="BASIC")
    times = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
    counts = {
        result.expectation_config.meta["rule"]: result.result["unexpected_count"]
        for result in outcome.results
    }
    return times | {"rules": counts}


if __name__ == "__main__":
    print(json.dumps(check(pathlib.Path(sys.argv[1]))))
