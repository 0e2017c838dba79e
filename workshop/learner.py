"""A learner who only pretends: what a browser sends to a hub, and what comes back.

Over HTTP: log in, open a server, read and save files. Over a websocket: run cells, answer a quiz,
move a slider. Whatever a learner would have lost is a Lost, which says what.
"""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import websockets
from jupyter_server.services.kernels.connection.base import deserialize_binary_message

PATIENCE = 900  # seconds for any one answer; a class on two cores waits minutes for a lesson


class Lost(Exception):
    """Something that a learner would miss, in a sentence."""


@dataclass
class Reply:
    """What came back of a cell: its text, and its error or ""."""

    text: str = ""
    error: str = ""
    answered: bool = False  # the kernel has answered, and is idle after it
    idle: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Learner:
    """hub  its address, name and password  those of the form"""

    def __init__(self, hub, name, password):
        self.hub, self.name, self.password = hub, name, password
        self.http = httpx.AsyncClient(base_url=hub, follow_redirects=True, timeout=PATIENCE)
        self.user = f"/user/{name}"
        self.kernel = self.socket = self.listener = None
        self.replies, self.widgets, self.said = {}, {}, {}
        self.lost = ""  # why nothing more comes from the kernel

    async def ask(self, method, path, expected, **content):
        """A request with the token against forged ones. Raises Lost unless answered as expected."""
        tokens = [
            cookie
            for cookie in self.http.cookies.jar
            if cookie.name == "_xsrf" and path.startswith(cookie.path)
        ]
        token = max(tokens, key=lambda cookie: len(cookie.path)).value if tokens else ""
        try:
            answer = await self.http.request(
                method, path, headers={"X-XSRFToken": token}, **content
            )
        except httpx.HTTPError as error:
            raise Lost(f"{method} {path}: {type(error).__name__} {error}") from None
        if answer.status_code not in expected:
            raise Lost(f"{method} {path}: {answer.status_code} {brief(answer.text)}")
        return answer

    # the hub

    async def log_in(self):
        await self.ask("GET", "/hub/login", [200])
        form = {"username": self.name, "password": self.password}
        form["_xsrf"] = self.http.cookies.get("_xsrf", path="/hub/")
        await self.ask("POST", "/hub/login", [302], data=form, follow_redirects=False)
        await self.ask("GET", "/hub/home", [200])

    async def open_server(self):
        """Start the server unless it runs, wait as the page does, and load JupyterLab's page."""
        path = f"/hub/api/users/{self.name}/server"
        answer = await self.ask("POST", path, [201, 202, 400], json={})
        if answer.status_code == 400 and "already running" not in answer.text:
            raise Lost(f"the server did not start: {brief(answer.text)}")
        progress = await self.ask("GET", f"/hub/api/users/{self.name}/server/progress", [200, 400])
        if '"failed": true' in progress.text:
            raise Lost(f"the server did not start: {brief(progress.text)}")
        page = await self.ask("GET", f"{self.user}/lab", [200])
        if "jupyter-config-data" not in page.text:
            raise Lost(f"{page.url} is not JupyterLab's page")

    async def close_server(self):
        """Stop it, and wait until it has."""
        await self.leave_kernel()
        path = f"/hub/api/users/{self.name}/server"
        while (await self.ask("DELETE", path, [202, 204])).status_code == 202:  # it is stopping
            await asyncio.sleep(0.5)

    # files

    async def read(self, path):
        """A notebook or a text of theirs."""
        return (await self.ask("GET", f"{self.user}/api/contents/{path}", [200])).json()["content"]

    async def save(self, path, notebook):
        model = {"type": "notebook", "format": "json", "content": notebook}
        await self.ask("PUT", f"{self.user}/api/contents/{path}", [200, 201], json=model)

    # the kernel

    async def start_kernel(self, path):
        """Open a notebook: a kernel in its folder, and a connection to it."""
        model = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        session = await self.ask("POST", f"{self.user}/api/sessions", [201], json=model)
        self.kernel = session.json()["kernel"]["id"]
        await self.connect()

    async def connect(self):
        """Connect to the kernel, or again after the connection was cut."""
        await self.leave_kernel()
        cookies = [c for c in self.http.cookies.jar if f"{self.user}/".startswith(c.path)]
        cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)
        address = self.hub.replace("http", "ws", 1)
        try:
            self.socket = await websockets.connect(
                f"{address}{self.user}/api/kernels/{self.kernel}/channels?session_id={uuid4().hex}",
                additional_headers={"Cookie": cookie},
                max_size=None,
                open_timeout=PATIENCE,
                ping_interval=None,
            )
        except (OSError, websockets.WebSocketException) as error:
            raise Lost(f"no connection to the kernel: {error}") from None
        self.lost = ""
        self.listener = asyncio.create_task(self.listen())
        await self.run("")

    async def leave_kernel(self):
        if self.socket is not None:
            self.listener.cancel()
            await self.socket.close()
            self.socket = None

    async def listen(self):
        """Sort what comes from the kernel, until the connection ends."""
        try:
            async for frame in self.socket:
                whole = isinstance(frame, str)
                self.hear(json.loads(frame) if whole else deserialize_binary_message(frame))
            self.give_up("the connection to the kernel was cut")
        except websockets.WebSocketException as error:
            self.give_up(f"the connection to the kernel was cut: {error}")

    def hear(self, message):
        kind, content = message["header"]["msg_type"], message["content"]
        reply = self.replies.get(message.get("parent_header", {}).get("msg_id"), Reply())
        if kind == "comm_open":
            self.widgets[content["comm_id"]] = content["data"].get("state", {})
        elif kind == "comm_msg" and content["comm_id"] in self.said:
            self.said[content["comm_id"]].put_nowait(content["data"])
        elif kind == "stream":
            reply.text += content["text"]
        elif kind in ("display_data", "execute_result", "update_display_data"):
            reply.text += "".join(content["data"].get("text/plain", ""))
        elif kind == "error":
            reply.error = f"{content['ename']}: {content['evalue']}"
        elif kind == "execute_reply":
            reply.answered = True
        elif kind == "status":
            reply.idle = content["execution_state"] == "idle"
            if content["execution_state"] in ("restarting", "dead"):
                self.give_up("the kernel died, and its variables with it")
        if reply.answered and reply.idle:
            reply.done.set()

    def give_up(self, why):
        self.lost = why
        for reply in self.replies.values():
            reply.done.set()
        for said in self.said.values():
            said.put_nowait({})

    async def send(self, kind, content):
        """Send a message to the kernel; its id."""
        header = {"msg_id": uuid4().hex, "msg_type": kind, "username": self.name, "version": "5.3"}
        header |= {"session": self.name, "date": ""}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        try:
            await self.socket.send(json.dumps(message | {"channel": "shell", "buffers": []}))
        except websockets.WebSocketException as error:
            raise Lost(f"the connection to the kernel was cut: {error}") from None
        return header["msg_id"]

    async def run(self, code):
        """Run a cell. Its Reply; an error of its code is in there. Raises Lost."""
        asked = await self.send("execute_request", {"code": code, "stop_on_error": False})
        reply = self.replies[asked] = Reply()
        try:
            async with asyncio.timeout(PATIENCE):
                await reply.done.wait()
        except TimeoutError:
            raise Lost(f"no answer in {PATIENCE} seconds to {brief(code)}") from None
        finally:
            del self.replies[asked]
        if not (reply.answered and reply.idle):
            raise Lost(self.lost)
        return reply

    async def interrupt(self):
        """Press the stop button."""
        await self.ask("POST", f"{self.user}/api/kernels/{self.kernel}/interrupt", [204])

    # widgets

    def widget(self, part):
        """The newest widget whose state has such a part: "choices" of a quiz, "spec" of an
        explorer."""
        found = [comm for comm, state in self.widgets.items() if part in state]
        if not found:
            raise Lost(f"no widget with {part} was shown")
        return found[-1]

    @asynccontextmanager
    async def talk(self, comm):
        """Hear what a widget says meanwhile, as a queue."""
        self.said[comm] = asyncio.Queue()
        try:
            async with asyncio.timeout(PATIENCE):
                yield self.said[comm]
        except TimeoutError:
            raise Lost(f"a widget did not answer in {PATIENCE} seconds") from None
        finally:
            del self.said[comm]

    async def answer_quiz(self, choice):
        """Choose and press Check. What the page then shows: {"right": ..., "reason": ...}."""
        comm = self.widget("choices")
        async with self.talk(comm) as said:
            data = {"method": "custom", "content": {"choice": choice}}
            await self.send("comm_msg", {"comm_id": comm, "data": data})
            while True:
                answer = await self.next(said)
                if answer.get("method") == "custom":
                    return answer["content"]

    async def move_slider(self, position):
        """Move the first slider to a position, 0 at its left end, 1 at its right. The seconds
        until the explorer has answered that setting."""
        comm = self.widget("spec")
        spec = self.widgets[comm]["spec"]
        slider = spec["groups"][0]["sliders"][0]
        value = slider["values"][round(position * (len(slider["values"]) - 1))]
        first, *others = spec["settings"]["hyperparameters"]
        moved = [first | {slider["name"]: value}, *others]
        settings = spec["settings"] | {"hyperparameters": moved}
        state = {"method": "update", "state": {"settings": settings}, "buffer_paths": []}
        async with self.talk(comm) as said:
            start = time.monotonic()
            await self.send("comm_msg", {"comm_id": comm, "data": state})
            while True:
                result = (await self.next(said)).get("state", {}).get("result", {})
                if result.get("settings") == settings:
                    return time.monotonic() - start

    async def next(self, said):
        heard = await said.get()
        if not heard:
            raise Lost(self.lost)
        return heard

    async def leave(self):
        await self.leave_kernel()
        await self.http.aclose()


def brief(text):
    """The beginning of a text, on one line."""
    words = " ".join(text.split())
    return words if len(words) < 200 else f"{words[:200]} ..."
