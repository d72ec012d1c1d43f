"""The original's way: Flask, and a list of tuples that is searched from its beginning. Run by `gunicorn -w 4`."""
import os

from flask import Flask, request

app = Flask(__name__)

with open(os.environ["PRICECTL_PRICES"], encoding="utf-8") as lines:
    prices = [tuple(line.rstrip("\n").split(",", 1)) for line in lines]


@app.get("/price")
def price():
    wanted = request.args.get("product_id")
    for product_id, text in prices:
        if product_id == wanted:
            return text, 200, {"Content-Type": "text/plain"}
    return "", 404
