using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.Lifecycle.V1;
using Mano.Onboarding.V1;

// Onboards an application, runs it, follows it and removes it again: csharp-client FOLDER, which has hello.json and bad.json.
var folder = args[0];
using var channel = GrpcChannel.ForAddress($"http://{Environment.GetEnvironmentVariable("MEO") ?? "127.0.0.1:7400"}");
var packages = new OnboardingService.OnboardingServiceClient(channel);
var instances = new LifecycleService.LifecycleServiceClient(channel);
var operations = new OperationService.OperationServiceClient(channel);

// A refused descriptor: the status has every fault, with its path.
try
{
    await Onboard("bad.json");
}
catch (RpcException refused)
{
    Console.WriteLine($"refused: {refused.StatusCode}");
    foreach (var fault in Faults(refused))
    {
        Console.WriteLine($"fault at {fault.Field}: {fault.Description}");
    }
}

var package = await Onboard("hello.json");
Console.WriteLine($"onboarded {package.AppName}");

// One key for each thing that is meant once: after a lost answer the same call with the same key gives the same answer.
var instance = (await instances.CreateAppInstanceAsync(new() { AppPackageId = package.AppPackageId, AppInstanceName = "from-csharp" }, Once())).AppInstance;
var instantiate = (await instances.InstantiateAppInstanceAsync(new() { AppInstanceId = instance.AppInstanceId, Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)) }, Once())).Operation;
Console.WriteLine($"instantiated: {(await Follow(instantiate.OperationId, loseAfter: 1)).State}");

// Names and states alone, of those that run, two at a time.
var list = new ListAppInstancesRequest
{
    Filter = "instantiation_state = INSTANTIATED AND app_name = hello-*", OrderBy = "create_time desc", PageSize = 2,
    ReadMask = FieldMask.FromString("app_instance_name,instantiation_state,location.site_id"),
};
do
{
    var page = await instances.ListAppInstancesAsync(list, deadline: Soon());
    page.AppInstances.ToList().ForEach(i => Console.WriteLine($"listed {i.AppInstanceName} at {i.Location.SiteId}"));
    list.PageToken = page.NextPageToken;
}
while (list.PageToken.Length > 0);

var terminate = (await instances.TerminateAppInstanceAsync(new() { AppInstanceId = instance.AppInstanceId }, Once())).Operation;
Console.WriteLine($"terminated: {(await Follow(terminate.OperationId)).State}");
await instances.DeleteAppInstanceAsync(new() { AppInstanceId = instance.AppInstanceId }, Once());
await packages.SetAppPackageOperationalStateAsync(new() { AppPackageId = package.AppPackageId, OperationalState = AppPackage.Types.OperationalState.Disabled }, Once());
await packages.DeleteAppPackageAsync(new() { AppPackageId = package.AppPackageId }, Once());
Console.WriteLine("deleted");

// The status that travels in the trailers, with what fits the failure; Grpc.StatusProto has GetRpcStatus in a project of your own.
static IEnumerable<BadRequest.Types.FieldViolation> Faults(RpcException refused) =>
    (refused.GetRpcStatus()?.Details ?? []).Where(d => d.Is(BadRequest.Descriptor)).SelectMany(d => d.Unpack<BadRequest>().FieldViolations);

async Task<AppPackage> Onboard(string file)
{
    var id = (await packages.CreateAppPackageAsync(new(), Once())).AppPackage.AppPackageId;
    try
    {
        using var upload = packages.UploadAppPackage(Once());
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = file } });
        await upload.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(await File.ReadAllBytesAsync(Path.Combine(folder, file))) });
        await upload.RequestStream.CompleteAsync();
        return (await upload).AppPackage;
    }
    catch (RpcException)
    {
        await packages.DeleteAppPackageAsync(new() { AppPackageId = id }, Once());
        throw;
    }
}

// Each message says where to go on: nothing is lost or told twice, whatever happened to the stream, to this program or to the MEO.
async Task<Operation> Follow(string id, int loseAfter = int.MaxValue)
{
    var request = new WatchOperationRequest { OperationId = id, ProgressInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)) };
    var last = new Operation();
    while (true)
    {
        try
        {
            using var watch = operations.WatchOperation(request);
            await foreach (var message in watch.ResponseStream.ReadAllAsync())
            {
                request.ResumeToken = message.ResumeToken;
                last = message.Operation ?? last; // without one, it says that nothing changed
                Console.WriteLine($"change {last.Revision}: {last.DetailedState}");
                if (loseAfter-- == 1)
                {
                    throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "this sample lost its connection on purpose"));
                }
            }

            return last;
        }
        catch (RpcException lost) when (lost.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled)
        {
            Console.WriteLine("resumed");
        }
    }
}

// A key of its own, and no more time than this for the answer.
CallOptions Once() => new([new("idempotency-key", $"{Guid.CreateVersion7()}")], Soon());

DateTime Soon() => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30);
