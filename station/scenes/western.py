"""Layouts of 4 x 6 inch labels: UPS, FedEx, USPS and DHL. Positions are mm."""

import numpy as np

from station.scenes.draw import Sheet
from station.scenes.numbers import grouped
from station.scenes.people import Person, digits
from station.scenes.shipment import Shipment


def layout_ups(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """Layout C: ship-from, ship-to, MaxiCode, postcode bars, service, 1Z bars, references."""
    _person(sheet.part(3, 2.5), ship.sender, 2.5, 46)
    sheet.text(62, 2.5, f"{ship.weight} LBS", 3)
    sheet.text(88, 2.5, "1 OF 1", 3)
    sheet.text(3, 20, "SHIP", 3, bold=True)
    sheet.text(3, 23.6, "TO:", 3, bold=True)
    _person(sheet.part(15, 20), ship.recipient, 3.9, 78)
    sheet.maxicode(4, 55, 27.9, f"{ship.recipient.postcode} 840 {ship.number} UPSN {ship.recipient.name}")
    sheet.text(37, 55, f"{ship.recipient.place.split()[-2]} {digits(rng, 3)} {rng.integers(1, 9)}-{digits(rng, 2)}", 8)
    sheet.bars(40, 66, (48, 13), "420" + ship.recipient.postcode.replace("-", ""))
    sheet.text(4, 88.5, "UPS GROUND", 7, bold=True)
    sheet.text(4, 97, f"TRACKING #: {grouped(ship.number, 2, 3, 3, 2)}", 3.4, "number")
    sheet.bars(51, 103.5, (88, 23), ship.number, anchor="centre")
    sheet.text(4, 131.5, "BILLING: P/P", 3)
    if ship.order:
        sheet.text(4, 136, f"REF 1: {ship.order[:12]}", 3, "order")
    sheet.text(98, 146.5, "UPS 23.0.14  WNTNV50", 2, anchor="right")
    sheet.rows(0, 102, (53, 101.7), 0.6)
    sheet.rows(0, 102, (129,), 2.2)
    sheet.block(0, 84.5, 102, 86.7)
    sheet.rule(33.8, 53, 33.8, 84.5)


def layout_fedex(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """Addresses above, a wide PDF417, then routing and the 34 digit Code 128 below."""
    sheet.text(3, 2, f"ORIGIN ID:{digits(rng, 4)}", 2.3)
    _person(sheet.part(3, 5), ship.sender, 2.3, 50)
    sheet.text(62, 3, f"SHIP DATE: {ship.date[:10]}", 2.3)
    sheet.text(62, 6, f"ACTWGT: {ship.weight} LB", 2.3)
    sheet.text(2.5, 24, "TO", 3, bold=True)
    _person(sheet.part(9, 23.5), ship.recipient, 3.9, 86)
    to, sender = ship.recipient, ship.sender
    words = f"{ship.number}|{to.name}|{to.street}|{to.place}|{to.phone}|{sender.name}|{sender.street}|{sender.place}"
    sheet.matrix(4, 53, 70, words, "PDF417")
    sheet.text(78, 53, "FedEx", 7, bold=True)
    sheet.text(78, 60.5, "Express", 4)
    sheet.frame(84, 68, 96, 80, 0.8)
    sheet.text(90, 70, "E", 10, bold=True, anchor="centre")
    sheet.text(4, 87.5, "TRK#", 2.8)
    sheet.text(12, 86.5, grouped(ship.number), 5, "number", bold=True)
    sheet.text(97, 86.5, "STANDARD OVERNIGHT", 4, bold=True, anchor="right", fit_mm=40)
    sheet.text(4, 96, f"XH {digits(rng, 2)}{to.place[:2]}A", 10, bold=True)
    sheet.text(97, 96, to.postcode[:5], 8, "address", bold=True, anchor="right")
    sheet.bars(51, 112, (92, 27), f"{digits(rng, 22)}{ship.number}", anchor="centre")
    if ship.order:
        sheet.text(4, 142, f"REF: {ship.order[:12]}", 2.4, "order")
    sheet.rows(0, 102, (22, 51, 84.5, 109), 0.6)


def layout_usps(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """Service letter and banner on top, addresses, then the tracking code between thick rules."""
    sheet.frame(1, 1, 26, 26, 0.6)
    sheet.text(13.5, 4, "P", 22, bold=True, anchor="centre")
    sheet.frame(70, 3, 99, 22, 0.3)
    sheet.text(84.5, 6, "US POSTAGE", 3, anchor="centre")
    sheet.text(84.5, 10, "PAID", 3, anchor="centre")
    sheet.text(51, 28.5, "USPS PRIORITY MAIL", 6.5, bold=True, anchor="centre", fit_mm=90)
    _person(sheet.part(4, 39), ship.sender, 2.8, 60)
    sheet.text(6, 67, "SHIP TO:", 2.6, bold=True)
    _person(sheet.part(20, 66), ship.recipient, 4, 76)
    sheet.text(51, 98.5, "USPS TRACKING #", 3.6, bold=True, anchor="centre")
    sheet.bars(51, 104, (84, 20), f"420{ship.recipient.postcode[:5]}{ship.number}", anchor="centre")
    sheet.text(51, 126.5, grouped(ship.number), 4, "number", bold=True, anchor="centre")
    sheet.matrix(88, 137, 10, f"{ship.number} {ship.recipient.postcode}", "DataMatrix")
    sheet.rows(0, 102, (27, 36.5), 0.5)
    sheet.rows(0, 102, (96.5, 132.5), 1.2)


def layout_dhl(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """Product head, sender, framed recipient, routing, waybill code, licence plate code."""
    sheet.text(4, 3, "EXPRESS WORLDWIDE", 4.6, bold=True)
    sheet.text(98, 2.5, "DHL", 7, bold=True, anchor="right")
    sheet.text(4, 11.5, "From:", 2.4)
    _person(sheet.part(13, 11.5), ship.sender, 2.4, 60)
    sheet.text(4, 32, "To:", 2.8, bold=True)
    _person(sheet.part(13, 32), ship.recipient, 3.4, 82)
    sheet.text(51, 57, f"US-{ship.recipient.place[:3]}-{digits(rng, 3)}", 9, bold=True, anchor="centre", fit_mm=90)
    if ship.order:
        sheet.text(4, 70.5, f"Ref: {ship.order[:14]}", 2.6, "order")
    sheet.text(98, 70.5, f"{ship.weight} kg", 3, anchor="right")
    sheet.bars(51, 78, (76, 20), ship.number, anchor="centre")
    sheet.text(51, 99.5, f"WAYBILL {grouped(ship.number, 2)}", 3.4, "number", anchor="centre")
    plate = f"JD01{digits(rng, 16)}"
    sheet.bars(51, 110, (84, 22), plate, anchor="centre")
    sheet.text(51, 133.5, f"(J) {plate}", 3, "number", anchor="centre")
    sheet.rows(2, 100, (10, 30, 55, 68, 76, 107), 0.4)


def _person(sheet: Sheet, person: Person, size_mm: float, width_mm: float) -> None:
    """Name, company, phone, street, place: a line each."""
    lines = (
        (person.name.upper(), "name"), (person.phone, "phone"), (person.company.upper(), "name"),
        (person.street.upper(), "address"), (person.place, "address"),
    )  # fmt: skip
    printed = [line for line in lines if line[0]]
    for row, (text, kind) in enumerate(printed):
        sheet.text(0, row * 1.3 * size_mm, text, size_mm, kind, fit_mm=width_mm, bold=row == len(printed) - 1)
