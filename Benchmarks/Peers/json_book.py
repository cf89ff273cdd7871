#!/usr/bin/env python3
"""Binance lines (local nanoseconds, a space, JSON) through Python's json into dictionaries.

    json_book.py FILE PASSES

Prints the line that peer-books prints for swift-json: name, digest of the book, messages, processor nanoseconds a message.
"""

import json
import sys
import time


def fixed(text):
    whole, _, fraction = text.partition(".")
    return int(whole) * 100_000_000 + int(fraction.ljust(8, "0")[:8])


def replay(texts):
    bids, asks, last, waiting = {}, {}, None, []

    def apply(book, levels):
        for price, quantity in levels:
            number = fixed(quantity)
            if number:
                book[fixed(price)] = number
            else:
                book.pop(fixed(price), None)

    for text in texts:
        message = json.loads(text)
        if "lastUpdateId" in message:
            bids, asks, last = {}, {}, message["lastUpdateId"]
            apply(bids, message["bids"])
            apply(asks, message["asks"])
            updates, waiting = waiting, []
        elif message.get("data", {}).get("e") == "depthUpdate":
            updates = [message["data"]]
        else:
            continue
        for data in updates:
            if last is None:
                waiting.append(data)
            elif data["u"] > last:
                apply(bids, data["b"])
                apply(asks, data["a"])
                last = data["u"]
    return bids, asks


def digest(bids, asks):
    value = 14695981039346656037
    words = []
    for book, best_first in ((bids, True), (asks, False)):
        words.append(len(book))
        for price in sorted(book, reverse=best_first):
            words += [price, book[price]]
    for word in words:
        for byte in word.to_bytes(8, "little"):
            value = (value ^ byte) * 1099511628211 % 2**64
    return value


def main():
    with open(sys.argv[1], "rb") as file:
        texts = [line.split(b" ", 1)[1] for line in file.read().splitlines()]
    figures = []
    for _ in range(int(sys.argv[2])):
        start = time.thread_time_ns()
        books = replay(texts)
        figures.append((time.thread_time_ns() - start) / len(texts))
    print("python-json", f"{digest(*books):016x}", len(texts), *(f"{figure:.3f}" for figure in figures))


if __name__ == "__main__":
    main()
