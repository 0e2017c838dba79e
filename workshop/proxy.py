"""configurable-http-proxy in Python, with room for a class.

It forwards requests by tornado's client, which sends ten at a time and drops what has waited for
20 seconds: of forty servers that were opened at once, sixteen were refused. The proxy has no option
for it; tornado has this call.
"""

from configurable_http_proxy.cli import main
from tornado.httpclient import AsyncHTTPClient

AsyncHTTPClient.configure(None, max_clients=2000)

if __name__ == "__main__":
    main()
