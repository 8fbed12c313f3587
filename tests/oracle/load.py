# SPDX-License-Identifier: Apache-2.0
"""Puts raw session records, the calendar and the configuration into DuckDB tables; judges nothing."""
import datetime as dt
import zoneinfo

import pandas as pd

import addresses
from settings import SLICE_SECONDS

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
TEXTS = ["network_transport", "event_name", "event_subtype", "event_action", "event_reason", "category", "device_id",
         "session_key", "sequence"]
NUMBERS = ["source_port", "destination_port", "source_bytes", "destination_bytes", "source_packets",
           "destination_packets", "repeat_count"]


def micros(text):
    if text is None:
        return None
    return (dt.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // dt.timedelta(microseconds=1)


def canonical(text):
    address = addresses.parse(text) if text is not None else None
    return None if address is None else str(address)


def sessions(con, records, cfg):
    """Table `record`: canonical fields, addresses canonical or null, times in microseconds."""
    rows = []
    for number, record in enumerate(records):
        row = {"file_order": number, "start_us": micros(record.get("event_start")),
               "end_us": micros(record.get("event_end")), "src": canonical(record.get("source_ip")),
               "dst": canonical(record.get("destination_ip"))}
        row.update({name: None if record.get(name) is None else str(record[name]) for name in TEXTS + NUMBERS})
        rows.append(row)
    frame = pd.DataFrame(rows).astype({"start_us": "Int64", "end_us": "Int64"})
    con.register("frame", frame)
    texts = ", ".join(f"{n}::VARCHAR AS {n}" for n in TEXTS)
    numbers = ", ".join(f"{n}::BIGINT AS {n}" for n in NUMBERS)
    con.execute(f"""CREATE TABLE record AS SELECT file_order, start_us::BIGINT AS start_us, end_us::BIGINT AS end_us,
                    src::VARCHAR AS src, dst::VARCHAR AS dst, {texts}, {numbers} FROM frame""")
    con.unregister("frame")
    con.execute("""CREATE TABLE address (ip VARCHAR, num UHUGEINT, is_host BOOLEAN, segment_id VARCHAR,
                   high_risk BOOLEAN, outside BOOLEAN)""")
    known = addresses.describe([r.get(side) for r in records for side in ("source_ip", "destination_ip")], cfg)
    con.executemany("INSERT INTO address VALUES (?, ?::VARCHAR::UHUGEINT, ?, ?, ?, ?)",
                    [(ip, str(num), *rest) for ip, num, *rest in known])


def configuration(con, cfg):
    """Port sets, subtypes, actions and windows as tables; numbers as variables."""
    con.execute("CREATE TABLE port_set (name VARCHAR, port INTEGER)")
    con.executemany("INSERT INTO port_set VALUES (?, ?)", [("-", -1)] + [
        (name, port) for name, ports in cfg.port_sets.items() for port in ports])
    con.execute("CREATE TABLE subtype (name VARCHAR)")
    con.executemany("INSERT INTO subtype VALUES (?)", [(s,) for s in cfg.subtypes])
    con.execute("CREATE TABLE deny_action (pattern VARCHAR)")
    con.executemany("INSERT INTO deny_action VALUES (?)",
                    [(a.replace("%", "").replace("*", "%"),) for a in cfg.deny_actions])
    con.execute("CREATE TABLE win (window_label VARCHAR, k INTEGER)")
    con.executemany("INSERT INTO win VALUES (?, ?)", list(cfg.windows.items()))
    for name, value in {"no_bytes_no_ports": cfg.no_bytes_no_ports, "lookback_days": cfg.lookback_days,
                        "lookback_min_days": cfg.lookback_min_days, "rare_below": cfg.rare_below,
                        "rarity_threshold": float(cfg.rarity_threshold), "z_max": float(cfg.z_max)}.items():
        con.execute(f"SET VARIABLE {name} = {value!r}")


def band_of(local, cfg):
    """(hour, ISO day, working, off, night, weekend, holiday, offday, time band) of a local time."""
    hour, day = local.hour, local.isoweekday()
    working = cfg.working_hours[0] <= hour < cfg.working_hours[1]
    off = not working and cfg.off_hours[0] <= hour < cfg.off_hours[1]
    weekend, holiday = day in cfg.weekend, local.date().isoformat() in cfg.holidays
    band = ("WE_" if weekend or holiday else "WD_") + ("WORKING" if working else "OFF" if off else "NIGHT")
    flags = (working, off, not working and not off, weekend, holiday, weekend or holiday)
    return (hour, day, *(int(f) for f in flags), band)


def calendar(con, cfg):
    """Table `calendar`: what the clock says at the start of every slice of the history."""
    zone = zoneinfo.ZoneInfo(cfg.timezone)
    first, last = con.execute("SELECT first_slice, last_slice FROM history").fetchone()
    con.execute("""CREATE TABLE calendar (s BIGINT, hour_of_day INTEGER, day_of_week INTEGER, is_working_hours INTEGER,
                   is_off_hours INTEGER, is_night_hours INTEGER, is_weekend INTEGER, is_holiday INTEGER,
                   is_offday INTEGER, time_band VARCHAR)""")
    rows = []
    for s in range(first, last + 1):
        local = (EPOCH + dt.timedelta(seconds=s * SLICE_SECONDS)).astimezone(zone)
        rows.append((s, *band_of(local, cfg)))
    names = [c[0] for c in con.execute("SELECT * FROM calendar").description]
    con.register("frame", pd.DataFrame(rows, columns=names))
    con.execute("INSERT INTO calendar SELECT * FROM frame")
    con.unregister("frame")
