"""Onboards an application, runs it, follows it and removes it again: client.py FOLDER, which has hello.json and bad.json."""

import os
import sys
import uuid
from pathlib import Path

import grpc

sys.path.insert(0, "generated")  # where protoc wrote to, see README.md
from google.protobuf import duration_pb2, field_mask_pb2
from google.rpc import details_pb2
from mano.lifecycle.v1 import lifecycle_pb2, lifecycle_pb2_grpc, operation_pb2, operation_pb2_grpc, operation_record_pb2
from mano.onboarding.v1 import onboarding_pb2, onboarding_pb2_grpc

folder = Path(sys.argv[1])
channel = grpc.insecure_channel(os.environ.get("MEO", "127.0.0.1:7400"))
packages = onboarding_pb2_grpc.OnboardingServiceStub(channel)
instances = lifecycle_pb2_grpc.LifecycleServiceStub(channel)
operations = operation_pb2_grpc.OperationServiceStub(channel)
STATES = operation_record_pb2.Operation.State


def once():
    """A key of its own, and no more time than this for the answer. After a lost answer: the same call with the same key."""
    return {"metadata": [("idempotency-key", str(uuid.uuid4()))], "timeout": 30}


def faults(error):
    """Every fault of a refusal, with its path, from the status that travels in the trailers."""
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            for detail in details_pb2.Status.FromString(value).details:
                bad = details_pb2.BadRequest()
                if detail.Unpack(bad):
                    yield from bad.field_violations


def onboard(file):
    package = packages.CreateAppPackage(onboarding_pb2.CreateAppPackageRequest(), **once()).app_package
    header = onboarding_pb2.UploadAppPackageRequest.Header(app_package_id=package.app_package_id, file_name=file)
    parts = [
        onboarding_pb2.UploadAppPackageRequest(header=header),
        onboarding_pb2.UploadAppPackageRequest(chunk=(folder / file).read_bytes()),
    ]
    try:
        return packages.UploadAppPackage(iter(parts), **once()).app_package
    except grpc.RpcError:
        packages.DeleteAppPackage(onboarding_pb2.DeleteAppPackageRequest(app_package_id=package.app_package_id), **once())
        raise


def follow(operation_id, lose_after=None):
    """Each message says where to go on: nothing is lost or told twice, whatever happened to the stream or to the MEO."""
    request = operation_pb2.WatchOperationRequest(operation_id=operation_id, progress_interval=duration_pb2.Duration(seconds=30))
    last = None
    while True:
        watch = operations.WatchOperation(request)
        try:
            for message in watch:
                request.resume_token = message.resume_token
                if not message.HasField("operation"):
                    continue  # nothing changed
                last = message.operation
                print(f"change {last.revision}: {last.detailed_state}")
                if lose_after is not None:
                    lose_after -= 1
                    if lose_after == 0:
                        watch.cancel()  # this sample loses its connection on purpose
            return last
        except grpc.RpcError as lost:
            if lost.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                raise
            print("resumed")


try:
    onboard("bad.json")
except grpc.RpcError as refused:
    print(f"refused: {refused.code().name}")
    for fault in faults(refused):
        print(f"fault at {fault.field}: {fault.description}")

package = onboard("hello.json")
print(f"onboarded {package.app_name}")

instance = instances.CreateAppInstance(
    lifecycle_pb2.CreateAppInstanceRequest(app_package_id=package.app_package_id, app_instance_name="from-python"), **once()).app_instance
instantiate = instances.InstantiateAppInstance(
    lifecycle_pb2.InstantiateAppInstanceRequest(app_instance_id=instance.app_instance_id, timeout=duration_pb2.Duration(seconds=300)), **once()).operation
print(f"instantiated: {STATES.Name(follow(instantiate.operation_id, lose_after=1).state)}")

# Names and states alone, of those that run, two at a time.
wanted = lifecycle_pb2.ListAppInstancesRequest(
    filter="instantiation_state = INSTANTIATED AND app_name = hello-*", order_by="create_time desc", page_size=2,
    read_mask=field_mask_pb2.FieldMask(paths=["app_instance_name", "instantiation_state", "location.site_id"]))
while True:
    page = instances.ListAppInstances(wanted, timeout=30)
    for found in page.app_instances:
        print(f"listed {found.app_instance_name} at {found.location.site_id}")
    wanted.page_token = page.next_page_token
    if not wanted.page_token:
        break

terminate = instances.TerminateAppInstance(lifecycle_pb2.TerminateAppInstanceRequest(app_instance_id=instance.app_instance_id), **once()).operation
print(f"terminated: {STATES.Name(follow(terminate.operation_id).state)}")
instances.DeleteAppInstance(lifecycle_pb2.DeleteAppInstanceRequest(app_instance_id=instance.app_instance_id), **once())
packages.SetAppPackageOperationalState(onboarding_pb2.SetAppPackageOperationalStateRequest(
    app_package_id=package.app_package_id, operational_state="OPERATIONAL_STATE_DISABLED"), **once())
packages.DeleteAppPackage(onboarding_pb2.DeleteAppPackageRequest(app_package_id=package.app_package_id), **once())
print("deleted")
