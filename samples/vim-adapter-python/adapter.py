"""A VIM adapter in Python, in memory: nothing runs, and the whole contract is kept. adapter.py DESCRIPTORS HOST:PORT [--lie NAME]

What it claims is executables, power, and events. A lie breaks one rule on purpose: the conformance kit must find each.
"""

import hashlib
import queue
import re
import sys
import threading
from concurrent import futures
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import grpc

from contract import Contract, Refused

ID = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")
DIGEST = re.compile(r"\Asha256:[0-9a-f]{64}\Z")
LIES = ["forgets-keys", "makes-doubles", "alters", "ignores-numbers", "ignores-seals", "deletes-without-deleting", "keeps-capacity", "hides", "takes-any-content",
        "misses-deletes", "starts-the-stopped", "guesses", "no-details", "tells-secrets", "half-an-image"]
Code = grpc.StatusCode


@dataclass
class Fence:
    """What is remembered of the numbers of a key; it outlives the compute."""
    last: int = 0
    sealed: int = 0
    power_number: int = 0
    power: int = 0


@dataclass
class Kept:
    spec: object
    address: str
    created: datetime
    started: datetime
    stopped: bool = False
    events: list = field(default_factory=list)


class Adapter:
    def __init__(self, contract, lie=""):
        self.c, self.lie = contract, lie
        self.lock = threading.RLock()
        self.fences, self.computes, self.images, self.watchers = {}, {}, {}, []
        self.next_address, self.leaked = 1, [0, 0, 0]

    # --- what there is ---------------------------------------------------------------------------------------------

    def GetCapabilities(self, request, context):
        c = self.c
        claims = [c.CAPABILITY_EXECUTABLES, c.CAPABILITY_POWER, c.CAPABILITY_EVENTS]
        answer = c.GetCapabilitiesResponse(adapter="PythonSample", capabilities=claims)
        answer.fence_retention.FromTimedelta(timedelta(days=7))
        answer.notes.add(name="computes", applied=False, detail="nothing runs: they are kept in memory, until this process ends")
        return answer

    def CheckConnection(self, request, context):
        answer = self.c.CheckConnectionResponse()
        answer.checks.add(name="memory", result=1, detail=f"{len(self.computes)} computes and {len(self.images)} images are kept")
        return answer

    def GetCapacity(self, request, context):
        with self.lock:
            total, used = (64_000, 65_536, 1_000), self.used()
        return self.c.GetCapacityResponse(total=self.resources(total), used=self.resources(used))

    # --- images ----------------------------------------------------------------------------------------------------

    def EnsureImage(self, parts, context):
        header = next(parts, None)
        if header is None or not header.HasField("header"):
            raise invalid("image", [("header", "the first message must carry it.")])
        image, faults = header.header.image, []
        self.image_faults(faults, "image", image)
        refuse(f"image/{image.digest}", faults)
        self.claimed(image)
        with self.lock:
            if image.digest in self.images:
                return self.c.EnsureImageResponse(image=self.images[image.digest])
        content = self.content(header.header, parts)
        if self.lie == "half-an-image":
            with self.lock:
                self.images[image.digest] = self.c.VimImage(image=image, size=len(content))
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        if digest != image.digest and self.lie != "takes-any-content":
            raise Refused(Code.FAILED_PRECONDITION, "VIM_IMAGE_CONTENT", f"The content has digest {digest}, not {image.digest}.", f"image/{image.digest}")
        with self.lock:
            kept = self.images.setdefault(image.digest, self.c.VimImage(image=image, size=len(content)))
            return self.c.EnsureImageResponse(image=kept)

    def content(self, header, parts):
        if header.local_path:
            try:
                with open(header.local_path, "rb") as file:
                    content = file.read()
            except OSError as error:
                raise Refused(Code.FAILED_PRECONDITION, "VIM_IMAGE_CONTENT", f"{header.local_path} cannot be read: {error}", f"image/{header.image.digest}")
        else:
            content = b"".join(part.content for part in parts)
        if not content:
            raise Refused(Code.INVALID_ARGUMENT, "VIM_BAD_IMAGE", "The image is empty.", f"image/{header.image.digest}")
        return content

    def ListImages(self, request, context):
        with self.lock:
            return self.c.ListImagesResponse(images=[self.images[d] for d in sorted(self.images)])

    def DeleteImageIfAny(self, request, context):
        if not DIGEST.match(request.digest):
            raise invalid(f"image/{request.digest}", [("digest", f"'{request.digest}' is refused.")])
        with self.lock:
            user = next((k for k, v in self.computes.items() if v.spec.images[0].digest == request.digest), None)
            if user:
                raise Refused(Code.FAILED_PRECONDITION, "VIM_IMAGE_IN_USE", f"Compute {user} uses it; delete that first.", f"image/{request.digest}")
            self.images.pop(request.digest, None)
        return self.c.DeleteImageIfAnyResponse()

    # --- computes --------------------------------------------------------------------------------------------------

    def EnsureCompute(self, request, context):
        key, number, spec = request.compute_id, request.operation_number, request.spec
        check_key(key, number)
        refuse(f"compute/{key}", self.spec_faults(spec))
        self.check_claims(key, spec)
        with self.lock:
            fence = self.fence(key)
            self.fenced(key, fence, number)
            there = self.computes.get(key)
            if there and self.lie not in ("forgets-keys", "alters") and there.spec != spec:
                raise Refused(Code.ALREADY_EXISTS, "VIM_SPEC_CONFLICT", "It exists with another specification; delete it first.", f"compute/{key}")
            if not there or self.lie == "forgets-keys":
                there = self.make(key, spec)
            elif self.lie == "makes-doubles":
                self.leak(spec)
            elif self.lie == "alters":
                there.spec = spec
            elif self.lie == "starts-the-stopped":
                there.stopped = False
            fence.last = max(fence.last, number)
            self.tell(key)
            return self.c.EnsureComputeResponse(compute=self.seen(key))

    def make(self, key, spec):
        if spec.images[0].digest not in self.images:
            raise Refused(Code.FAILED_PRECONDITION, "VIM_NO_IMAGE", f"Image {spec.images[0].digest} is not here; EnsureImage puts it here.", f"compute/{key}")
        wanted = amounts(spec.resources)
        if any(u + w > t for u, w, t in zip(self.used(), wanted, (64_000, 65_536, 1_000))):
            raise Refused(Code.RESOURCE_EXHAUSTED, "VIM_NO_CAPACITY", f"It needs {wanted}; {self.used()} are taken.", f"compute/{key}")
        now = datetime.now(timezone.utc)
        address, self.next_address = f"10.66.{self.next_address // 250 % 250}.{self.next_address % 250 + 1}", self.next_address + 1
        kept = self.computes[key] = Kept(spec, address, now, now)
        kept.events.append((now, "accepted", "it was made, and counts as running"))
        if self.lie == "tells-secrets":
            kept.events.append((now, "started", f"with {dict(spec.environment)}"))
        return kept

    def GetCompute(self, request, context):
        check_key(request.compute_id)
        with self.lock:
            self.there(request.compute_id)
            return self.c.GetComputeResponse(compute=self.seen(request.compute_id))

    def ListComputes(self, request, context):
        with self.lock:
            keys = sorted(self.computes)
            return self.c.ListComputesResponse(computes=[self.seen(k) for k in (keys[1:] if self.lie == "hides" else keys)])

    def SetPowerState(self, request, context):
        key, number, state = request.compute_id, request.operation_number, request.power_state
        check_key(key, number)
        if state not in (1, 2):
            raise invalid(f"compute/{key}", [("power_state", "STARTED or STOPPED would be right.")])
        with self.lock:
            fence = self.fence(key)
            self.fenced(key, fence, number)
            if number == fence.power_number and state != fence.power:
                raise stale(key, f"Operation {number} already asked for the other state.")
            there = self.there(key)
            if there.stopped and state == 1:
                there.started = datetime.now(timezone.utc)
            there.stopped = state == 2
            fence.last, fence.power_number, fence.power = max(fence.last, number), number, state
            self.tell(key)
            return self.c.SetPowerStateResponse(compute=self.seen(key))

    def DeleteComputeIfAny(self, request, context):
        key, number = request.compute_id, request.operation_number
        check_key(key, number)
        with self.lock:
            fence = self.fence(key)
            if number < fence.last and self.lie != "ignores-numbers":
                raise stale(key, f"Operation {number} came after {fence.last}.")
            self.fences[key] = Fence(max(fence.last, number), 0 if self.lie == "ignores-seals" else max(fence.sealed, number))
            if self.lie == "deletes-without-deleting":
                return self.c.DeleteComputeIfAnyResponse()
            gone = self.computes.pop(key, None)
            if gone and self.lie == "keeps-capacity":
                self.leak(gone.spec)
            if gone and self.lie != "misses-deletes":
                self.tell(key)
        return self.c.DeleteComputeIfAnyResponse()

    def WatchComputes(self, request, context):
        mailbox = queue.Queue()
        context.add_callback(lambda: mailbox.put(None))
        Event = self.c.WatchComputesResponse
        with self.lock:
            self.watchers.append(mailbox)
            listed = [Event(kind=1, compute_id=k, compute=self.seen(k)) for k in sorted(self.computes)]
        try:
            yield from listed
            yield Event(kind=2)
            while True:
                event = mailbox.get()
                if event is None:
                    return
                yield event
        finally:
            with self.lock:
                self.watchers.remove(mailbox)

    def ListEvents(self, request, context):
        check_key(request.compute_id)
        with self.lock:
            answer = self.c.ListEventsResponse()
            for at, kind, message in reversed(self.there(request.compute_id).events[-100:]):
                answer.events.add(kind=kind, message=message).at.FromDatetime(at)
            return answer

    # --- what is not claimed ---------------------------------------------------------------------------------------

    def unclaimed(self, request, context):
        raise Refused(Code.UNIMPLEMENTED, "VIM_CANNOT", "PythonSample does not offer this.", "PythonSample")

    ReadLog = ReadStatistics = EnsureNetwork = ListNetworks = DeleteNetworkIfAny = unclaimed

    def check_claims(self, key, spec):
        for image in spec.images:
            self.claimed(image)
        for name in ("boot_data", "address", "volumes", "networks", "groups"):
            if getattr(spec, name):
                raise Refused(Code.UNIMPLEMENTED, "VIM_CANNOT", f"PythonSample does not offer {name}.", "PythonSample")
        if spec.zone:
            raise Refused(Code.FAILED_PRECONDITION, "VIM_NO_ZONE", f"There is no zone '{spec.zone}' here.", f"compute/{key}")

    def claimed(self, image):
        if image.format != self.c.IMAGE_FORMAT_EXECUTABLE:
            raise Refused(Code.UNIMPLEMENTED, "VIM_CANNOT", "PythonSample takes executables only.", "PythonSample")

    # --- rules -----------------------------------------------------------------------------------------------------

    def fence(self, key):
        return self.fences.setdefault(key, Fence())

    def fenced(self, key, fence, number):
        if number <= fence.sealed:
            raise stale(key, f"Operation {number} is sealed by the delete {fence.sealed}.")
        if number < fence.last and self.lie != "ignores-numbers":
            raise stale(key, f"Operation {number} came after {fence.last}.")

    def there(self, key):
        if key not in self.computes:
            raise Refused(Code.NOT_FOUND, "VIM_NO_COMPUTE", "There is no such compute; EnsureCompute makes it.", f"compute/{key}")
        return self.computes[key]

    def image_faults(self, faults, path, image):
        if not DIGEST.match(image.digest):
            faults.append((f"{path}.digest", f"'{image.digest}' is refused; sha256: and 64 hexadecimal digits would be right."))
        if image.format not in range(1, 8):
            faults.append((f"{path}.format", "it is not given, or unknown."))

    def spec_faults(self, spec):
        faults = []
        if len(spec.images) != 1:
            faults.append(("spec.images", f"{len(spec.images)} are given; exactly one would be right."))
        for i, image in enumerate(spec.images):
            self.image_faults(faults, f"spec.images[{i}]", image)
        if min(amounts(spec.resources)) < 0:
            faults.append(("spec.resources", "none may be negative."))
        if not spec.labels.tenant or not spec.labels.app_instance_id:
            faults.append(("spec.labels", "tenant and app_instance_id are required."))
        if spec.restart_policy not in (1, 2, 3) and self.lie != "guesses":
            faults.append(("spec.restart_policy", "NEVER, ON_FAILURE or ALWAYS would be right."))
        for i, port in enumerate(spec.ports):
            if not 1 <= len(port.name) <= 63:
                faults.append((f"spec.ports[{i}].name", "1 to 63 characters would be right."))
            if not 1 <= port.number <= 65535:
                faults.append((f"spec.ports[{i}].number", "1 to 65535 would be right."))
            if port.transport not in (1, 2):
                faults.append((f"spec.ports[{i}].transport", "TCP or UDP would be right."))
        if spec.chart_values:
            faults.append(("spec.chart_values", "they are given and the image is no chart."))
        return faults

    # --- seeing and telling ----------------------------------------------------------------------------------------

    def resources(self, amounts):
        return self.c.Resources(milli_cpu=amounts[0], memory_mib=amounts[1], disk_gib=amounts[2])

    def used(self):
        return [sum(column) for column in zip(self.leaked, *(amounts(v.spec.resources) for v in self.computes.values()))]

    def leak(self, spec):
        self.leaked = [a + b for a, b in zip(self.leaked, amounts(spec.resources))]

    def seen(self, key):
        kept = self.computes[key]
        compute = self.c.Compute(compute_id=key, spec=kept.spec, operation_number=self.fence(key).last, state=3 if kept.stopped else 2,
                                 reason="it was stopped on request" if kept.stopped else "it counts as running", addresses=[kept.address])
        compute.created_at.FromDatetime(kept.created)
        compute.started_at.FromDatetime(kept.started)
        compute.enforcements.add(name="limits", applied=False, detail="nothing runs")
        return compute

    def tell(self, key):
        Event = self.c.WatchComputesResponse
        event = Event(kind=3, compute_id=key, compute=self.seen(key)) if key in self.computes else Event(kind=4, compute_id=key)
        for mailbox in self.watchers:
            mailbox.put(event)


def amounts(resources):
    return resources.milli_cpu, resources.memory_mib, resources.disk_gib


def stale(key, message):
    return Refused(Code.ABORTED, "VIM_STALE_OPERATION", message, f"compute/{key}")


def invalid(subject, faults):
    return Refused(Code.INVALID_ARGUMENT, "VIM_INVALID_REQUEST", "The request is refused: " + " ".join(f"{p}: {m}" for p, m in faults), subject, faults=faults)


def refuse(subject, faults):
    if faults:
        raise invalid(subject, faults)


def check_key(key, number=1):
    faults = [] if ID.match(key) else [("compute_id", f"'{key[:80]}' is refused; 1 to 128 characters of [A-Za-z0-9._-] would be right.")]
    if number < 1:
        faults.append(("operation_number", f"{number} is refused; it starts at 1."))
    refuse(f"compute/{key[:80]}", faults)


def main(descriptors, listen, lie=""):
    if lie and lie not in LIES:
        sys.exit(f"'{lie}' is not a lie of this adapter; there are {', '.join(LIES)}")
    contract = Contract(descriptors)
    if lie == "no-details":
        contract.abort = lambda context, refused: context.abort(refused.code, refused.message)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64))
    server.add_generic_rpc_handlers((contract.handlers(Adapter(contract, lie)),))
    host = listen.rsplit(":", 1)[0]
    port = server.add_insecure_port(listen)
    server.start()
    print(f"http://{host}:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(arguments[0], arguments[1], arguments[3] if arguments[2:3] == ["--lie"] else "")
