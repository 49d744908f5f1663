/* haul_delta: local Delta Lake tables through delta_kernel. This header is the contract.
 *
 * Every function returns one JSON text, {"ok": ...} or {"error": {"code", "message"}}, owned by the caller
 * and given back with haul_delta_free(). It is null only where memory ran out. Requests are JSON; unknown
 * keys are errors. Texts are UTF-8 and NUL-terminated; they are borrowed for the call. No panic crosses: it
 * is an "internal" error. Times are milliseconds since 1970, UTC. Keys marked `?` may be absent or null.
 *
 * Threads: a handle has a lock, so that any thread may call; calls on one handle wait for each other. Handles
 * and processes share a table freely.
 *
 * Error codes
 *   invalid_request  the request is wrong; a retry cannot help
 *   not_found        no table there, or no such version or time
 *   already_exists   create: a table is there
 *   corrupt          a log file fails its checksum or cannot be parsed; the message names it
 *   unsupported      not a local folder, a feature that is not supported, or transaction retention is set
 *   io               the storage failed; nothing was stored
 *   internal         a bug
 *
 * Durability: when a commit is reported, its file, its checksum and their folders are on the device. Data
 * files must be so before the call.
 *
 * Checksums: `_delta_log/_haul/VERSION.COMMIT_ID.crc` vouches for a commit, `VERSION.checkpoint.HASH.crc` for
 * a checkpoint (format: src/checksum.rs). Every log file behind a snapshot is checked once per handle and
 * again when its size, time or inode changes. A commit of ours that fails is "corrupt". A checkpoint that
 * fails is left out and the commits are read instead, where they are still there; the snapshot says so in
 * `fallbacks`. Files without a checksum (other writers, a lost checksum file) are read and listed in
 * `unverified`. A file of deletion vectors has CRCs of its own: a damaged or missing one is "corrupt".
 */
#ifndef HAUL_DELTA_H
#define HAUL_DELTA_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct HaulDeltaTable HaulDeltaTable;

/* Makes a handle for the table in `folder`, which need not exist yet. Reads nothing. ok: {} */
char* haul_delta_open(const char* folder, HaulDeltaTable** table);
void haul_delta_close(HaulDeltaTable* table);
void haul_delta_free(char* reply);

/* ok: {"exists": true} where the folder holds a Delta log. One stat, mostly. */
char* haul_delta_exists(HaulDeltaTable* table);

/* {"schema": Delta schema JSON, "partitionColumns"?: [name], "properties"?: {key: text}, "commitId"}
 * ok: {"version": 0}. already_exists also where another writer was faster. */
char* haul_delta_create(HaulDeltaTable* table, const char* request);

/* {"version"?, "asOfMs"?, "files"?: true}: a version, the last one at or before a time, or the newest.
 * ok: {"version", "timestampMs", "schema", "partitionColumns": [name], "properties": {}, "protocol": {},
 *      "domains": {domain: text}, "unverified": [{"version", "file", "reason"}], "fallbacks": [text],
 *      "files"?: [{"path", "size", "modifiedMs", "stats"?: text, "partitionValues": {column: text or null},
 *                  "deletedRows"?: [row index]}]}
 * Newest: one stat where nothing changed. `files` costs a pass over checkpoint and commits. */
char* haul_delta_snapshot(HaulDeltaTable* table, const char* request);

/* ok: {"version"}: the newest. One stat where nothing changed. */
char* haul_delta_version(HaulDeltaTable* table);

/* {"appIds": [text]}  ok: {"offsets": [number or null]}: the stored `txn` versions of the newest version, in
 * order. The first call reads the log once; later ones read only new commits. */
char* haul_delta_offsets(HaulDeltaTable* table, const char* request);

/* One attempt to commit on the newest version:
 * {"commitId": 8 to 64 letters, digits, dashes; unique,
 *  "operation": "WRITE" | "STREAMING UPDATE" | ...,
 *  "parameters"?: {key: text},
 *  "offsets"?: [{"appId", "expected": number or null, "version"}],   expected: what the newest version stores
 *  "adds"?: [{"path", "size", "modificationTime", "partitionValues"?, "stats": text}],
 *      stats: JSON as Delta has it, {"numRecords", ...}; stored as it is
 *  "removes"?: [path],                            each live in the newest version
 *  "deletes"?: {path: [row]},                     positions in a live file, ascending, not deleted yet
 *  "domains"?: {domain: text},
 *  "addColumns"?: [Delta field JSON, nullable],
 *  "retypeColumns"?: [Delta field JSON],          columns that get another type; every live file must be
 * removed "fileColumns"?: [Delta field JSON],            what the files to add hold, compared with the
 * table's types "dataChange"?: true, "readVersion"?: number}                        the newest version must
 * be this one ok: {"outcome": "committed", "version"} | {"outcome": "conflict", "version"}          another
 * writer has this version; nothing of ours is stored | {"outcome": "stale_txn", "appId", "stored"} the stored
 * offset is not the expected one | {"outcome": "input_changed", "path"}        not live any more, or a row of
 * it is deleted already; with retypeColumns: live, and not removed | {"outcome": "schema_changed", "column"}
 * another type than the files have | {"outcome": "unknown", "message"}           stored or not: look for
 * commitId in the history O(1) in the number of versions as long as checkpoints are written; `removes` and
 * `deletes` cost a pass over the log. Rows are deleted by deletion vectors: the first commit with `deletes`
 * is preceded by a version that turns them on. A file that loses its last row is removed. "unsupported":
 * retypeColumns on a table with features that are not ours. */
char* haul_delta_commit(HaulDeltaTable* table, const char* request);

/* Writes a checkpoint of the newest version, unless there is one. ok: {"version", "written": bool} */
char* haul_delta_checkpoint(HaulDeltaTable* table);

/* What `_last_checkpoint` says. ok: {"version", "actions"}, or {} where there is none that can be read. */
char* haul_delta_last_checkpoint(HaulDeltaTable* table);

/* {"limit", "after"?: version}  ok: {"newest": version, "entries": [{"version", "timestampMs", "operation",
 * "parameters": {}, "commitId" or null, "engine", "verified": bool, "reason" or null}]}, newest first.
 * Reads one file per entry; ends early where the log was cleaned up. */
char* haul_delta_history(HaulDeltaTable* table, const char* request);

/* For tests: makes the next commit or creation of this handle fail. "unknown_before_store" |
 * "unknown_after_store" | "exit_after_checksum" | "exit_after_store" (the process ends at once). */
char* haul_delta_arm_failpoint(HaulDeltaTable* table, const char* name);

#ifdef __cplusplus
}
#endif

#endif
